package office

// withFactor are the roles whose holders sign in with a second factor unless the
// house decides otherwise (domain/access.md §1, column 2F, y).
var withFactor = []string{
	"BUREAU_ACCEPT", "BUREAU_REVIEW_A", "BUREAU_REVIEW_B", "BUREAU_LEGAL", "BUREAU_CHIEF", "BUREAU_DEPUTY", "OFFICE", "PROCESS_ADMIN",
	"DRAW_OPERATOR", "DRAW_SUPERVISOR", "EXPERT_KEEPER", "JOINT", "FINANCE_LIAISON", "PROCUREMENT_LIAISON", "RULE_PUBLISHER",
	"MODEL_PUBLISHER",
	"PI_OFFICER", "AUDITOR", "BACK_REGISTRAR", "BACK_VERIFIER", SysAdmin, SecAdmin, AuditAdmin,
}
