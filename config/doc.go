// Package config is configuration management after ISO/IEC 20000-1:2018, 8.2.5 and
// 8.2.6: configuration items (CIs), the relations between them, and what follows
// from both. The standard asks that types of CIs are defined, services among them;
// that each CI is recorded with a unique id, type, description, relations and
// status, in the detail that its criticality asks for; that changes to CIs can be
// traced and audited; that the records are verified at planned intervals, and
// deficiencies acted on.
//
// # Model
//
// A [Model] holds the classes of CIs with their attributes, and the types of
// relations. A class inherits the attributes of its parent and may narrow them. An
// attribute is controlled, and then changes only under a change record, or
// observed, and then discovery sets it; it is required or recommended of all CIs or at
// some criticalities. [DefaultModel] is one to start from; [Model.With] extends it,
// [ParseModel] reads one from JSON.
//
// # CIs
//
// [Process] gives the rules of the records of CIs under a [Policy]. They need no
// database: see the example, and package register for running them over one.
//
//	planned, ordered, in build, in test ── deploy ─▶ live ◀── return ── in maintenance
//	     │                                            │ └─── maintain ──────▶ │
//	     └────────────────── retire ──────────────────┴───────────────────────┘
//	                            ▼
//	                         retired ── dispose ─▶ disposed
//	                            └─ reinstate ─▶ live
//
// A CI is registered in any state: one that is taken over from elsewhere may be out of
// use already. On the way to live, order, build and test lead forward, and build also
// back from test. Disposed is final: nothing changes there any more (R5).
//
// Each command is a struct of the name. States: – before birth, P planned, O ordered,
// B in build, T in test, L live, M in maintenance, R retired, X disposed; "=" is where
// it was. What is not listed is refused.
//
//	from     command          to       who
//	–        register         POBTLMRX administrator, manager, discovery, system
//	POBTLMR  describe         =        administrator, manager, owner
//	POBTLMR  reclassify       =        administrator, manager
//	POBTLMR  own              =        administrator, manager, owner
//	POBTLMR  set attributes   =        administrator, manager, system
//	POBTLMR  observe          =        administrator, manager, discovery, system
//	POBTLMR  set need         =        administrator, manager, system
//	POBTLMR  drop need        =        administrator, manager, system
//	POBTLMR  verify           =        administrator, manager
//	POBTLMR  attest           =        owner
//	POBTLMR  complete action  =        administrator, manager, owner
//	POBTLMR  correct state    =        manager
//	P        order            O        administrator, manager, system
//	POT      build            B        administrator, manager, system
//	POB      test             T        administrator, manager, system
//	POBT     deploy           L        administrator, manager, system
//	L        maintain         M        administrator, manager, system
//	M        return           L        administrator, manager, system
//	POBTLM   retire           R        manager, system
//	R        reinstate        L        manager, system
//	R        dispose          X        manager, system
//
// # Controlled and observed
//
// People change controlled attributes only under a change record that they name, and
// so they move a CI into and out of live and maintenance (R20). What discovery sees
// of a controlled attribute does not overwrite it: the difference is kept as a
// [Drift] beside what is believed, until the two agree again, and [Findings] reports
// it. So it is of a relation that is found and only proposed, or active and seen to be
// gone ([Sight], [RelationFindings]).
//
// Observed attributes are as they were seen last. Where several sources see them
// differently, [Policy.Precedence] says which is believed, how long it is kept against
// the others when it looks no more, and what a correction by hand counts for; what the
// others saw is kept beside as a [Look], which [Findings] report too.
//
// # Time
//
// Every command that states a fact may say since when it is so. One of the past says
// why it is told only now, and its event keeps what it replaced (R34). With an Until
// those that set attributes, owner, description or needs correct a time that is over,
// and what is believed now stays; [CorrectState] does so for the dates of moves. The
// record shows what is believed now, and [CI.Assertion] of each attribute since when,
// from where, and when it was last confirmed. [FactsOf] and [RelationFactsOf] give
// what each event asserts, with the time from which it is valid and that at which it
// was recorded: what a timeline is built of.
//
// # Relations
//
// [RelationProcess] gives the rules of relations. A relation joins two classes that
// the model allows, is not said twice, and keeps to the type's cardinality;
// [Model.CheckRelation] is the same as a function. The relations of a CI that have
// the same group join it to suppliers of which it needs some, see [Need]. States: P
// proposed, A active, E ended, which is final.
//
//	from     command          to       who
//	–        relate           PA       administrator, manager, discovery, system
//	P        activate         A        administrator, manager, system
//	PA       adjust           =        administrator, manager, discovery, system
//	PA       sight            =        administrator, manager, discovery, system
//	PA       unrelate         E        administrator, manager, discovery, system
//
// # Verification
//
// A CI is verified at intervals by its criticality. A verification that fails
// creates an action that somebody has by a date; an overdue verification or action is
// one of the [Findings], as is a service without an owner (R21). [VerificationsOf]
// says how far all of them are verified, as exact fractions with ids; [HealthOf] does
// so for orphans, stale and doubled CIs, missing attributes, needs that cannot be met,
// relations to what is retired, and broken rules.
//
// # Graph
//
// A [Graph] is a snapshot of CIs and relations, in which needing *k* of *n* suppliers
// counts, and a soft relation degrades where a hard one loses. It never changes;
// [Graph.With] gives one with changes, at once. Each answer comes with the path that
// explains it, and always in the same order:
//
//	Impact(lost…)           what fails and what is degraded when these do
//	Walk(from, …)           what is reached along relations, either way
//	Causes(failed, working) what explains a set of failures, ranked
//	Diagnoses(failed, …)    what explains all of them together, if no single loss does
//	SinglePoints(…)         whose failure alone takes these down
//	Rank(…)                 whose failure alone takes the most
//	ApparentRedundancy()    groups that share a supplier
//	Short()                 groups of which more are needed than there are
//	Cycles, Order, Path, Paths, Cuts
//
// [GraphOf] makes one of records as they are now: of CIs that are not out of use, and of
// relations that are more than proposed, unless [RecordOptions] say otherwise;
// [Graph.WithRecords] keeps it up with those that change. Below it lies package topology,
// dense graphs of numbered nodes, for whatever else has one: [Graph.Topology].
//
// # The past
//
// A [Timeline] holds what was ever said: which CIs and relations there were, and what
// they were, at one instant as it was believed at another ([AsOf]); the graph as of
// then; the [Diff] of two points; who said what of an attribute, [Timeline.Blame]; what
// a change did, [Timeline.Under]; and when a CI changed, [Timeline.Instants].
// A [Baseline] is a named part of it with all relations within, known by a digest;
// [Timeline.Drift] compares baseline, record and what was seen by then, and
// [Baseline.Diff] two baselines.
//
// # In and out
//
// [NewIntake] reads CIs and relations from tables (CSV) and JSON Lines, checks them
// all, names each fault with its line, and then gives everything or, if it is asked
// for, what is good. What is known already is changed, or observed, and a step names
// what observing cannot say. What a row without an id is about, the identifiers of
// its class find ([Model.Identifiers]), as a serial number does whatever a server is
// called now, and then its class and name; [Identify] finds the same for a host that
// has a register. A [Table] tells which columns and words a spreadsheet uses.
// [WriteCSV] and [WriteJSONLine] write what [ReadCSV] and [ReadJSONLines] read.
// [NewDrawing] makes text for Graphviz and Mermaid.
package config
