// Package campaign holds 局长走流程: directors walk their own unit's service
// items as a citizen or an enterprise would, and what they find is mended.
//
// A campaign, its units and the items that each unit has planned are rows, and so
// are the walks; 20,000 of them cost nothing. The counting rules are those of
// domain/checks.md: an item counts once (W01), a unit is complete when all planned
// items of an approved list are walked (W02), a ledger may be late (W03), somebody
// else may have walked (W04), and a unit that never finds anything is looked at
// again (R09). Limits that a campaign may want otherwise are columns of it.
//
// Issues are rectifications of the source "walk"; package acts raises them.
package campaign
