package main

import (
	_ "embed"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// The estate is invented: it was written for this project, and any likeness with
// one that exists is chance.
var (
	//go:embed data/cis.jsonl
	ciLines string
	//go:embed data/relations.csv
	relationTable string
)

// estate is a web shop: what it offers, runs on, and has contracts for.
type estate struct {
	model     *config.Model
	policy    *config.Policy
	at        time.Time
	counts    config.Counts
	cis       []*config.CI // by the lines
	relations []*config.Relation
	byID      map[uuid.UUID]*config.CI
}

// model is the default one with one more type of relation: copies of data may lead
// to each other, which is meant and loses nothing.
func model() (*config.Model, error) {
	return config.DefaultModel().With(nil, []config.RelationType{{
		Name: "replicates to", Inverse: "is a replica of", Carries: config.Nowhere, Cycles: true,
		Pairs: []config.Pair{{From: "database", To: "database"}},
	}})
}

// load reads the estate as somebody would who takes it over: CIs as lines, relations
// as a table that names them by class and name, all under one change.
func load(at time.Time) (*estate, error) {
	e := &estate{at: at, policy: config.DefaultPolicy(), byID: make(map[uuid.UUID]*config.CI)}
	var err error
	if e.model, err = model(); err != nil {
		return nil, err
	}
	e.policy.Model = e.model
	stamp := itsm.Stamp{At: at, By: itsm.Actor{ID: "ann", Tenant: "shop", Roles: []itsm.Role{config.Administrator}}}
	in, err := config.NewIntake(e.policy, stamp, []config.Source{
		config.SourceOf("cis.jsonl", ciLines, nil),
		config.SourceOf("relations.csv", relationTable, &config.Table{Of: config.RelationKind, Always: map[string]string{"change": "change:CHG0001"}}),
	}, nil)
	if err != nil {
		return nil, err
	}
	e.counts = in.Counts()
	for ci, err := range in.CIs() { // gives what is wrong, if anything is
		if err != nil {
			return nil, err
		}
		e.cis, e.byID[ci.ID] = append(e.cis, ci), ci
	}
	for r, err := range in.Relations() {
		if err != nil {
			return nil, err
		}
		e.relations = append(e.relations, r)
	}
	return e, nil
}

// named is the CI of a name.
func (e *estate) named(name string) (*config.CI, error) {
	i := slices.IndexFunc(e.cis, func(ci *config.CI) bool { return ci.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("there is no CI %q", name)
	}
	return e.cis[i], nil
}
