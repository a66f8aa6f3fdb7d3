package privacy

import (
	"fmt"

	"gorm.io/gorm"
)

// How long a kind of personal data is kept. The sentences are privacy.keep.<word>.
const (
	KeepYears   = "years"   // so many years after closing, then erased by a list
	KeepFile    = "file"    // as long as the file that it is signed in
	KeepDay     = "day"     // a day after it ended, then deleted by itself
	KeepAudit   = "audit"   // as long as the audit
	KeepOffice  = "office"  // replaced when the office changes: no private person's
	KeepNothing = "nothing" // never stored
)

// How it is protected where it lies. The sentences are privacy.guard.<word>.
const (
	GuardSealed = "sealed" // encrypted, masked, revealed with a reason that is logged
	GuardHashed = "hashed" // only a hash, or encrypted and never shown
	GuardSight  = "sight"  // shown to whom the sight table or the post lets see it
	GuardAudit  = "audit"  // read by the audit administrator alone
)

// Kept is a kind of personal data in the inventory. Its sentences are privacy.<id>
// (whose), privacy.<id>.what and privacy.<id>.why.
type Kept struct {
	ID      string
	Columns []string // table.column
	Guard   string
	Keep    string
	Erased  string // kind of items that erases it; "" for none
	Count   string // SQL of how many people
}

// Inventory of the personal data that is kept. TestInventory holds it against the schema.
var Inventory = []Kept{
	{
		ID: "official", Columns: []string{"person.mobile_enc", "person.idno_enc", "person.mobile_mark", "person.idno_mark"},
		Guard: GuardSealed, Keep: KeepYears, Erased: KindLeft,
		Count: "SELECT COUNT(*) FROM person WHERE kind = 'internal' AND (mobile_enc IS NOT NULL OR idno_enc IS NOT NULL)",
	},
	{
		ID: "outside", Columns: []string{"person.mobile_enc", "person.idno_enc"}, Guard: GuardSealed, Keep: KeepYears, Erased: KindLeft,
		Count: "SELECT COUNT(*) FROM person WHERE kind = 'external' AND (mobile_enc IS NOT NULL OR idno_enc IS NOT NULL)",
	},
	{
		ID: "expert", Columns: []string{"expert.specialties", "expert_employer.org_name"}, Guard: GuardSight, Keep: KeepYears,
		Erased: KindExpert, Count: "SELECT COUNT(*) FROM expert",
	},
	{
		ID: "citizen", Guard: GuardSealed, Keep: KeepYears, Erased: KindCitizen,
		Columns: []string{
			"stuck_case.person_enc", "stuck_case.phone_enc", "stuck_case.reason_enc", "stuck_case.person_mask", "stuck_case.phone_mask",
			"stuck_case.pseudonym",
		},
		Count: "SELECT COUNT(*) FROM stuck_case WHERE person_enc IS NOT NULL OR phone_enc IS NOT NULL OR reason_enc IS NOT NULL",
	},
	{
		ID: "sign-in", Columns: []string{"credential.data", "one_time_code.digest"}, Guard: GuardHashed, Keep: KeepYears, Erased: KindLeft,
		Count: "SELECT COUNT(DISTINCT person) FROM credential",
	},
	{
		ID: "mail", Columns: []string{"notice_setting.mail"}, Guard: GuardSight, Keep: KeepYears, Erased: KindLeft,
		Count: "SELECT COUNT(*) FROM notice_setting WHERE mail <> ''",
	},
	{
		ID: "session", Columns: []string{"session.remote", "session.agent", "sign_in_attempt.remote"}, Guard: GuardSight, Keep: KeepDay,
		Count: "SELECT COUNT(DISTINCT person_id) FROM session",
	},
	{
		ID: "signed", Columns: []string{"key_person.name", "key_person.bid_name", "contract.members", "award.members", "acceptance.members"},
		Guard: GuardSight, Keep: KeepFile, Count: "SELECT COUNT(*) FROM key_person",
	},
	{
		ID: "contact", Columns: []string{"plan_call.contact", "rectification.contact"}, Guard: GuardSight, Keep: KeepOffice,
		Count: "SELECT COUNT(*) FROM plan_call WHERE contact <> ''",
	},
	{
		ID: "audit", Columns: []string{"audit.actor", "audit.remote", "access_tally.remote"}, Guard: GuardAudit, Keep: KeepAudit,
		Count: "SELECT COUNT(DISTINCT actor) FROM audit",
	},
	{ID: "bank", Guard: GuardSight, Keep: KeepNothing, Count: "SELECT 0"},
}

// CountOf is of how many people a kind is kept.
func (k Kept) CountOf(tx *gorm.DB) (n int, err error) {
	if err = tx.Raw(k.Count).Scan(&n).Error; err != nil {
		err = fmt.Errorf("inventory %s: %w", k.ID, err)
	}
	return n, err
}
