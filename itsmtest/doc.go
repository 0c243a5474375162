// Package itsmtest tries out the commands of a process and checks at every step
// what a lifecycle takes on trust.
//
// A [Walk] leads one record through a lifecycle:
//
//	w := itsmtest.New(t, lifecycle)
//	w.Do(ann, incident.Report{Title: "Mail is down"})
//	itsmtest.RequireRule(t, w.Refused(ann, incident.Resolve{}), itsm.RuleState)
//	w.Wait(4 * time.Hour).Do(bob, incident.Start{})
//	require.Equal(t, incident.InProgress, w.Record().State)
//
// Each step fires the command as a register does, after encoding and decoding it,
// and fails the test when
//
//   - Apply edits a slice, a map or what a pointer points at in place, appends to
//     a slice that an earlier copy shares, or touches the header (except Custom);
//   - Apply fills or changes a declared field that its row does not name in Sets;
//   - record or event keeps a slice or map of the command that was passed in, which
//     the caller may edit; the decision completes the command with a clone;
//   - the record, the command or the event does not survive its JSON form;
//   - replaying the events does not give the record back to the byte;
//   - a refusal leaves the record or one of those near it changed, or a decision
//     changes one of those near;
//   - Permitted said something else.
//
// [RequireField] and [RequireRule] ask what an error is about, whatever wraps or
// joins it.
//
// [Commands] pins the encoded form of each command with a golden file, and proves
// that the forms of earlier versions can still be read. [RoundTrip] proves that a
// backend keeps all of a tenant.
package itsmtest
