package config

import (
	"github.com/itsmkit/itsm"
)

// DefaultModel is a model to start from: the usual classes of what services are
// made of and rest on, with few attributes each, and the usual relations. What
// discovery sees better than people is observed, the rest is controlled. A host
// adds to it or takes classes over with [Model.With]; [Model.Mermaid] draws it,
// attributes included. Its classes:
//
//	item (abstract)
//	  service (abstract)
//	    business service
//	    service offering
//	  software (abstract)
//	    application
//	    database
//	    container
//	  host (abstract)
//	    cluster
//	    computer (abstract)
//	      virtual machine
//	      server
//	  network device
//	  storage
//	  location
//	  document
//	  agreement (abstract)
//	    contract
//	    licence
//
// Relations, as they read from either end, and what is lost with what:
//
//	offers         is offered by      the second with the first
//	depends on     is needed by       the first with the second
//	runs on        hosts              the first with the second
//	member of      has the member     the second with the first
//	connects to    connects           the first with the second
//	stored on      stores             the first with the second
//	located in     houses             the first with the second
//	backed up by   backs up           nothing
//	documented by  documents          nothing
//	covered by     covers             nothing
//	licensed by    licenses           nothing
func DefaultModel() *Model {
	m, err := NewModel(defaultClasses(), defaultRelationTypes())
	if err != nil {
		return nil // a test builds it
	}
	return m
}

func defaultClasses() []Class {
	controlled := func(a Attribute) Attribute { a.Controlled = true; return a }
	indexed := func(a Attribute) Attribute { a.Indexed = true; return a }
	recommended := func(a Attribute) Attribute { a.Recommended = true; return a }
	required := func(a Attribute) Attribute { a.Required = true; return a }
	text := func(name string) Attribute { return Attribute{Name: name, Type: itsm.Text} }
	date := func(name string) Attribute { return Attribute{Name: name, Type: itsm.Instant} }
	amount := func(name, unit string) Attribute {
		return Attribute{Name: name, Type: itsm.Number, Unit: unit, From: itsm.IntValue(0)}
	}
	count := func(name string) Attribute {
		return Attribute{Name: name, Type: itsm.Number, From: itsm.IntValue(1)}
	}
	one := func(name string, values ...string) Attribute {
		a := text(name)
		for _, v := range values {
			a.Domain = append(a.Domain, itsm.TextValue(v))
		}
		return a
	}
	serial := indexed(recommended(controlled(text("serial_number"))))
	for _, v := range noSerials() {
		serial.Placeholders = append(serial.Placeholders, itsm.TextValue(v))
	}
	identified := func(c Class, attributes ...string) Class {
		c.Identifiers = append(c.Identifiers, attributes)
		return c
	}
	class := func(name, parent, description string, attributes ...Attribute) Class {
		return Class{Name: name, Parent: parent, Description: description, Attributes: attributes}
	}
	abstract := func(c Class) Class { c.Abstract = true; return c }
	service := class("service", "item", "What is provided to customers, or helps to.",
		recommended(controlled(text("service_hours"))))
	service.Service = true

	return []Class{
		abstract(class("item", "", "Whatever needs to be controlled to deliver services.")),
		abstract(service),
		class("business service", "service", "What customers know and use.",
			controlled(Attribute{Name: "customer", Type: itsm.Text, Recommended: true})),
		class("service offering", "service", "A business service as it is offered: to whom, how well, at what price.",
			controlled(one("level", "gold", "silver", "bronze"))),
		abstract(class("software", "item", "What runs.",
			controlled(text("vendor")), controlled(date("support_until")))),
		class("application", "software", "What does the work of services.",
			controlled(one("kind", "web", "batch", "desktop", "middleware")), Attribute{Name: "port", Type: itsm.Number, From: itsm.IntValue(1), Below: itsm.IntValue(65536)}),
		class("database", "software", "Where data is kept and found.",
			recommended(controlled(text("engine"))), amount("data_size", "GiB")),
		class("container", "software", "An instance of an image.",
			recommended(controlled(text("image"))), text("digest")),
		abstract(class("host", "item", "What software runs on.",
			indexed(text("hostname")), indexed(Attribute{Name: "ip_address", Type: itsm.Text, Pattern: `[0-9a-fA-F.:]{2,45}`}),
			recommended(controlled(text("operating_system"))))),
		class("cluster", "host", "Hosts that act as one.",
			controlled(one("mode", "active/active", "active/passive"))),
		abstract(class("computer", "host", "One host, physical or not.",
			controlled(count("cpus")), controlled(amount("memory", "GiB")))),
		class("virtual machine", "computer", "A computer that software makes.",
			text("hypervisor_id")),
		identified(class("server", "computer", "A computer that can be touched.",
			serial, controlled(text("manufacturer")), controlled(text("hardware_model")),
			controlled(date("warranty_until")), text("firmware")), "serial_number"),
		identified(class("network device", "item", "What carries traffic or stops it.",
			required(controlled(one("role", "switch", "router", "firewall", "load balancer", "access point"))),
			serial, controlled(text("manufacturer")), controlled(text("hardware_model")),
			indexed(Attribute{Name: "ip_address", Type: itsm.Text, Pattern: `[0-9a-fA-F.:]{2,45}`}), text("firmware")), "serial_number"),
		class("storage", "item", "What keeps bytes: an array, a share, a bucket.",
			controlled(amount("capacity", "GiB")), amount("used", "GiB"), controlled(one("protocol", "block", "file", "object"))),
		class("location", "item", "Where things are: a site, a room, a rack.",
			recommended(controlled(one("place", "site", "building", "room", "rack"))), controlled(text("address"))),
		class("document", "item", "What is written and referred to.",
			controlled(text("link")), controlled(date("review_by"))),
		abstract(class("agreement", "item", "What was agreed with somebody else.",
			recommended(controlled(text("supplier"))), controlled(text("reference")), recommended(controlled(date("ends"))))),
		class("contract", "agreement", "What a supplier does, and until when."),
		class("licence", "agreement", "The right to use software.",
			controlled(count("seats")), amount("seats_used", "seats")),
	}
}

// noSerials are what many machines give for a serial number that nobody has set. A
// longer list is GLPI's blacklist (src/Blacklist.php), which has patterns too.
func noSerials() []string {
	return []string{
		"none", "n/a", "unknown", "empty", "invalid", "not specified", "not applicable", "default string",
		"to be filled by o.e.m.", "system serial number", "chassis serial number", "0", "0123456789", "123456789", "1234567890",
	}
}

func defaultRelationTypes() []RelationType {
	pairs := func(names ...string) []Pair { // from, to, from, to …
		var list []Pair
		for i := 0; i+1 < len(names); i += 2 {
			list = append(list, Pair{names[i], names[i+1]})
		}
		return list
	}
	strength := Attribute{Name: strengthName, Type: itsm.Text, Domain: []itsm.Value{itsm.TextValue("hard"), itsm.TextValue(softStrength)}}
	return []RelationType{
		{
			Name: "offers", Inverse: "is offered by", Carries: ToSecond, MostTo: 1, Controlled: true,
			Pairs: pairs("business service", "service offering"),
		},
		{
			Name: "depends on", Inverse: "is needed by", Carries: ToFirst, Attributes: []Attribute{strength},
			Pairs: pairs("service", "service", "service", "software", "service", "host", "service", "network device", "service", "storage",
				"software", "service", "software", "software", "software", "network device"),
		},
		{
			Name: "runs on", Inverse: "hosts", Carries: ToFirst,
			Pairs: pairs("software", "host", "virtual machine", "cluster", "virtual machine", "server"),
		},
		{
			Name: "member of", Inverse: "has the member", Carries: ToSecond, Controlled: true,
			Pairs: pairs("computer", "cluster", "software", "cluster", "network device", "cluster"),
		},
		{
			Name: "connects to", Inverse: "connects", Carries: ToFirst, Cycles: true, Attributes: []Attribute{
				{Name: "interface", Type: itsm.Text},
				{Name: "bandwidth", Type: itsm.Number, Unit: "Mbit/s", From: itsm.IntValue(0)},
			},
			Pairs: pairs("host", "network device", "storage", "network device", "network device", "network device"),
		},
		{
			Name: "stored on", Inverse: "stores", Carries: ToFirst,
			Pairs: pairs("software", "storage", "host", "storage", "document", "storage"),
		},
		{
			Name: "located in", Inverse: "houses", Carries: ToFirst, MostFrom: 1, Controlled: true,
			Pairs: pairs("host", "location", "network device", "location", "storage", "location", "document", "location", "location", "location"),
		},
		{
			Name: "backed up by", Inverse: "backs up", Carries: Nowhere,
			Pairs: pairs("software", "storage", "host", "storage", "storage", "storage", "software", "application", "host", "application"),
		},
		{
			Name: "documented by", Inverse: "documents", Carries: Nowhere,
			Pairs: pairs("item", "document"),
		},
		{
			Name: "covered by", Inverse: "covers", Carries: Nowhere, Controlled: true,
			Pairs: pairs("item", "contract"),
		},
		{
			Name: "licensed by", Inverse: "licenses", Carries: Nowhere, Controlled: true,
			Pairs: pairs("software", "licence", "host", "licence"),
		},
	}
}
