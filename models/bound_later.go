package models

// boundLater are the kinds that joined when rows of those of boundFirst were bound already.
var boundLater = []BoundKind{
	{
		Name: "revision", Table: "application_revision", Key: []string{"project", "revision_no"}, JSON: []string{"content"},
		Columns: []string{
			"project", "revision_no", "digest", "content", "declared", "submitted_by", "submitted_at", "business_date",
		},
	},
	{
		Name: "supplement", Table: "supplement_item", Key: []string{"project", "round", "no"}, JSON: []string{"documents", "fields"},
		Columns: []string{
			"project", "round", "no", "item", "requirement", "answer", "documents", "fields",
		},
	},
	{
		Name: "stage", Table: "project_stage", Key: []string{"project", "seq"},
		Columns: []string{
			"project", "seq", "stage", "business_date", "at", "actor", "reason",
		},
	},
	{
		Name: "review", Table: "review", Key: []string{"project", "cycle"},
		Columns: []string{
			"project", "cycle", "conclusion", "summary",
		},
	},
	{
		Name: "draw", Table: "expert_draw", Key: []string{"draw_no"}, JSON: []string{"criteria", "pool", "plan", "avoided"},
		Columns: []string{
			"draw_no", "project", "cycle", "seed", "criteria", "pool", "at", "actor", "list_digest", "number", "nonce", "supervisor",
			"plan", "avoided", "round",
		},
	},
	{
		Name: "seat", Table: "expert_seat", Key: []string{"project", "cycle", "person_id"},
		Columns: []string{
			"project", "cycle", "person_id", "draw_no", "leader", "state", "reason", "specialty", "serial", "hash", "round",
			"outcome",
		},
	},
	{
		Name: "objection", Table: "objection", Key: []string{"project", "round", "line_no"}, JSON: []string{"documents"},
		Columns: []string{
			"project", "round", "line_no", "text", "documents", "actor", "at", "outcome", "reply", "replied_by", "replied_at",
		},
	},
	{
		Name: "condition", Table: "approval_condition", Key: []string{"project", "approval_no", "no"}, JSON: []string{"evidence"},
		Columns: []string{
			"project", "approval_no", "no", "text", "due_on", "report", "evidence", "reported_by", "met_on", "checked_by", "lapsed",
		},
	},
	{
		Name: "indicator", Table: "budget_indicator", Key: []string{"bgt_id"},
		Columns: []string{
			"bgt_id", "project", "pro_code", "doc_no", "doc_date", "fiscal_year", "fund_type", "amount",
		},
	},
	{
		Name: "package", Table: "package", Key: []string{"project", "no"},
		Columns: []string{
			"project", "no", "round", "name", "category", "mode", "budget", "limit_price", "section", "state",
		},
	},
	{
		Name: "round", Table: "proc_round", Key: []string{"project", "round"},
		Columns: []string{
			"project", "round", "plan_no", "agency", "planned_notice", "total", "sent_on", "handled", "beside",
		},
		Parts: []BoundPart{
			{
				Table: "proc_package", Order: []string{"package_no"}, JSON: []string{"line_nos", "evidence"},
				Columns: []string{
					"package_no", "name", "category", "mode", "budget", "limit_price", "line_nos", "mode_reason",
					"item_class", "sme_amount", "reason_code", "evidence", "publicity_from", "publicity_to",
				},
			},
		},
	},
	{
		Name: "award", Table: "award", Key: []string{"project", "package", "round", "no"}, JSON: []string{"members"},
		Columns: []string{
			"project", "package", "round", "no", "party", "uscc", "party_unit", "members", "kind", "amount", "price_form",
			"notice_on", "state",
		},
	},
	{
		Name: "milestone", Table: "milestone", Key: []string{"project", "no"},
		Columns: []string{
			"project", "no", "name", "plan_date", "percent", "passed_on", "package",
		},
	},
	{
		Name: "progress", Table: "progress", Key: []string{"id"}, Serial: true, JSON: []string{"evidence"},
		Columns: []string{
			"id", "project", "milestone_no", "percent", "period", "evidence", "comment", "actor", "at", "business_date",
		},
	},
	{
		Name: "archive-version", Table: "archive_correction", Key: []string{"project", "version"}, JSON: []string{"documents"},
		Columns: []string{
			"project", "version", "item", "title", "note", "documents", "old_digest", "new_digest", "state", "asked_by", "asked_at",
			"decided_by", "decided_at", "decided_why",
		},
	},
	{
		Name: "archive-hold", Table: "archive_hold", Key: []string{"id"}, Serial: true,
		Columns: []string{
			"id", "project", "basis", "reason", "placed_by", "placed_at", "lifted_by", "lifted_at", "lifted_why",
		},
	},
	{
		Name: "month", Table: "construction_month", Key: []string{"project", "month"},
		Columns: []string{
			"project", "month", "card", "stagnant", "decision", "comment", "actor", "at",
		},
	},
	{
		Name: "supervision", Table: "supervision_report", Key: []string{"project", "month"}, JSON: []string{"body", "documents"},
		Columns: []string{
			"project", "month", "body", "documents", "actor", "at",
		},
	},
	{
		Name: "inspection-draw", Table: "inspection_draw", Key: []string{"draw_no"}, JSON: []string{"pool"},
		Columns: []string{
			"draw_no", "seed", "size", "pool", "reason", "actor", "at",
		},
	},
	{
		Name: "inspection", Table: "inspection", Key: []string{"no"}, JSON: []string{"pool", "inspectors"},
		Columns: []string{
			"no", "draw_no", "project", "seed", "pool", "inspectors", "opened_on", "closed_on", "result",
		},
		Parts: []BoundPart{
			{
				Table: "inspection_visit", Order: []string{"person"}, JSON: []string{"issues", "documents"},
				Columns: []string{
					"person", "held_on", "place", "result", "issues", "documents", "comment", "at",
				},
			},
		},
	},
	{
		Name: "evaluation", Table: "evaluation", Key: []string{"no"}, JSON: []string{"self", "documents", "third_document"},
		Columns: []string{
			"no", "project", "year", "begun_by", "begun_on", "self", "self_score", "self_by", "self_on", "documents", "review_score",
			"sampled", "review", "review_by", "third", "third_score", "third_view", "third_by", "third_document", "grade", "use", "closed_on",
		},
	},
	{
		Name: "change-request", Table: "change_request", Key: []string{"no"}, JSON: []string{"lines", "persons", "documents"},
		Columns: []string{
			"no", "project", "seq", "contract_no", "origin", "state", "kind", "reason", "lines", "persons", "supplier", "uscc",
			"delta", "grown", "days", "same_subject", "goal_changed", "begun_on", "begun_why", "documents", "class", "cumulative",
			"ratio", "opinion", "doc_no", "version", "note", "asked_by", "asked_on", "decided_on", "filed_on", "fact", "at",
		},
	},
	{
		Name: "baseline", Table: "baseline", Key: []string{"project", "version"}, JSON: []string{"lines", "milestones"},
		Columns: []string{
			"project", "version", "change_no", "contract_no", "amount", "approved", "ends", "supplier", "lines", "milestones",
			"actor", "business_date", "at",
		},
	},
	{
		Name: "deliverable", Table: "deliverable", Key: []string{"project", "name"}, JSON: []string{"documents"},
		Columns: []string{
			"project", "name", "documents", "actor", "at",
		},
	},
	{
		Name: "certificate", Table: "certificate", Key: []string{"project", "no"}, JSON: []string{"documents"},
		Columns: []string{
			"project", "no", "kind", "cert_no", "level", "dated", "org", "result", "documents", "actor", "at",
		},
	},
	{
		Name: "material", Table: "material", Key: []string{"project", "code"}, JSON: []string{"documents"},
		Columns: []string{
			"project", "code", "documents", "actor", "at",
		},
	},
	{
		Name: "trial", Table: "trial_run", Key: []string{"project"}, JSON: []string{"documents"},
		Columns: []string{
			"project", "started_on", "months", "closed_on", "availability", "documents", "actor", "at",
		},
	},
	{
		Name: "trial-incident", Table: "trial_incident", Key: []string{"project", "no"}, JSON: []string{"documents"},
		Columns: []string{
			"project", "no", "severity", "happened_on", "ended_on", "text", "documents", "actor", "at",
		},
	},
	{
		Name: "acceptance-request", Table: "acceptance_request", Key: []string{"project", "kind", "round"}, JSON: []string{"documents"},
		Columns: []string{
			"project", "kind", "round", "applied_on", "comment", "documents", "actor", "at",
		},
	},
	{
		Name: "extension", Table: "acceptance_extension", Key: []string{"project", "no"}, JSON: []string{"documents"},
		Columns: []string{
			"project", "no", "extended_to", "reason", "documents", "asked_by", "asked_at", "granted_on",
		},
	},
	{
		Name: "acceptance-draw", Table: "acceptance_draw", Key: []string{"draw_no"}, JSON: []string{"pool", "drawn"},
		Columns: []string{
			"draw_no", "project", "seed", "size", "pool", "drawn", "reason", "actor", "at",
		},
	},
	{
		Name: "archive", Table: "archive_item", Key: []string{"project", "no"}, JSON: []string{"documents"},
		Columns: []string{
			"project", "no", "stage", "category", "title", "doc_no", "dated", "documents",
		},
	},
	{
		Name: "breach", Table: "breach", Key: []string{"id"}, Serial: true, JSON: []string{"args"},
		Columns: []string{
			"id", "project", "rule", "subject", "args", "blocks", "business_date", "at", "cleared_at",
		},
	},
	{
		Name: "rectification", Table: "rectification", Key: []string{"no"}, JSON: []string{"measures", "before_docs", "after_docs", "objections"},
		Columns: []string{
			"no", "source", "title", "description", "project", "owner_dept", "severity", "state", "blocking", "found_on",
			"registrar", "due_on", "owner", "cause", "analysis", "measures", "evidence", "before_docs", "after_docs",
			"materials_cut", "steps_cut", "days_cut", "method", "verification", "verifier", "returns", "referred_to", "referred_on",
			"letter_no", "contact", "workaround", "reply", "replied_on", "closed_on", "version", "created_at", "updated_at",
			"item", "verifier_unit", "site_note", "objections", "extension", "extension_days", "reopens",
		},
		Later: []string{"impact", "scope"},
		Parts: []BoundPart{
			{
				Table: "rectification_file", Order: []string{"document", "side"},
				Columns: []string{
					"document", "side", "digest",
				},
			},
			{
				Table: "rectification_step", Order: []string{"seq"},
				Columns: []string{
					"seq", "action", "state", "text", "actor", "at", "business_date",
				},
			},
		},
	},
	{
		Name: "recheck-draw", Table: "recheck_draw", Key: []string{"id"}, Serial: true, JSON: []string{"population"},
		Columns: []string{
			"id", "after_on", "until_on", "seed", "pack", "population", "actor", "at",
		},
	},
	{
		Name: "recheck", Table: "recheck", Key: []string{"no"},
		Columns: []string{
			"no", "draw", "unit", "result", "method", "note", "checker", "checked_on", "again",
		},
	},
	{
		Name: "fact", Table: "fact", Key: []string{"id"}, Serial: true, JSON: []string{"data"},
		Columns: []string{
			"id", "source", "event_type", "natural_key", "event_id", "project", "round", "data", "occurred_at", "business_date",
			"seq", "offline", "handled", "posted_at",
		},
	},
	{
		Name: "offline", Table: "offline_registration", Key: []string{"id"}, Serial: true, JSON: []string{"data"},
		Columns: []string{
			"id", "partner", "event_type", "event_id", "project", "occurred_on", "data", "evidence", "reason", "state",
			"registered_by", "registered_at", "verified_by", "verified_at", "note",
		},
	},
	{
		Name: "difference", Table: "reconciliation_item", Key: []string{"id"}, Serial: true,
		Columns: []string{
			"id", "partner", "event_type", "natural_key", "class", "project", "our_amount", "their_amount", "our_date", "their_date",
			"owner", "rectification", "found_at", "state", "resolution", "reason", "closed_by", "closed_at",
		},
	},
	{
		Name: "month", Table: "reconciliation_month", Key: []string{"partner", "month"},
		Columns: []string{
			"partner", "month", "matched", "explained", "reason", "closed_by", "closed_at",
		},
	},
	{
		Name: "plan-call", Table: "plan_call", Key: []string{"fiscal_year"}, JSON: []string{"meeting"},
		Columns: []string{
			"fiscal_year", "opens_on", "closes_on", "contact", "control", "state", "meeting", "published_on", "digest",
			"created_by", "created_at",
		},
	},
	{
		Name: "pool-entry", Table: "pool_entry", Key: []string{"id"}, JSON: []string{"body", "alike"},
		Columns: []string{
			"id", "fiscal_year", "unit", "name", "type", "est_amount", "year_amount", "priority", "body", "state", "urgent",
			"instruction", "revision", "sent", "digest", "sent_on", "alike", "decision", "reason", "merged_into", "decided_by",
			"score", "score_note", "verdict", "verdict_note", "carried_from", "plan_entry", "returns", "created_by",
			"created_at",
		},
	},
	{
		Name: "plan-entry", Table: "plan_entry", Key: []string{"id"}, JSON: []string{"sources"},
		Columns: []string{
			"id", "fiscal_year", "unit", "name", "type", "est_amount", "sources", "state", "out_of_plan", "instruction_doc",
			"created_by", "created_at", "pool", "reason",
		},
	},
	{
		Name: "stuck", Table: "stuck_case", Key: []string{"no"}, JSON: []string{"joint"},
		Columns: []string{
			"no", "kind", "category", "item", "service_item", "unit", "joint", "visits", "difficulty", "person_enc", "phone_enc",
			"reason_enc", "key_id", "person_mask", "phone_mask", "pseudonym", "state", "outcome", "reply", "callback", "backs",
			"issue", "received_on", "due_on", "replied_on", "closed_on", "closed_at", "registrar", "desk", "handler",
			"version", "backfilled", "created_at", "updated_at",
		},
		Parts: []BoundPart{
			{
				Table: "stuck_step", Order: []string{"seq"},
				Columns: []string{
					"seq", "action", "state", "text", "actor", "unit", "at", "business_date",
				},
			},
		},
	},
	{
		Name: "bulletin", Table: "campaign_bulletin", Key: []string{"campaign", "no"}, JSON: []string{"body"},
		Columns: []string{
			"campaign", "no", "on_date", "body", "at", "actor",
		},
	},
	{
		Name: "figure", Table: "report_figure", Key: []string{"snapshot", "id"}, JSON: []string{"definition"},
		Columns: []string{
			"snapshot", "seq", "id", "version", "definition", "unit", "value", "wording", "n", "d", "rows_count", "rows_digest",
		},
	},
	{
		Name: "section", Table: "report_section", Key: []string{"snapshot", "seq"},
		Columns: []string{
			"snapshot", "seq", "title", "body", "revision", "actor", "at", "owner", "done_revision", "done_by",
		},
	},
	{
		Name: "note", Table: "report_note", Key: []string{"snapshot", "validator"},
		Columns: []string{
			"snapshot", "validator", "reason", "footnote", "actor", "at", "approved_by", "approved_at",
		},
	},
	{
		Name: "deputyship", Table: "deputyship", Key: []string{"id"}, Serial: true, JSON: []string{"roles", "processes"},
		Columns: []string{
			"id", "principal", "deputy", "roles", "processes", "cap", "valid_from", "valid_to", "reason", "set_by", "set_at",
			"ended_at",
		},
	},
	{
		Name: "handover", Table: "handover", Key: []string{"id"}, Serial: true, JSON: []string{"items"},
		Columns: []string{
			"id", "person", "items", "reason", "asked_by", "asked_at", "state", "decided_by", "decided_at", "note", "expires_at",
		},
	},
	{
		Name: "running-project", Table: "running_project", Key: []string{"project"},
		Columns: []string{
			"project", "import_id", "ref", "digest", "entry", "at",
		},
	},
	{
		Name: "privacy-list", Table: "privacy_list", Key: []string{"id"}, Serial: true,
		Columns: []string{
			"id", "act", "hold", "cutoff", "reason", "state", "asked_by", "asked_at", "expires_at", "decided_by", "decided_at", "note",
		},
		Parts: []BoundPart{{Table: "privacy_item", Order: []string{"kind", "ref"}, Columns: []string{
			"kind", "ref", "unit", "closed_on", "outcome",
		}}},
	},
	{
		Name: "legal-hold", Table: "legal_hold", Key: []string{"id"}, Serial: true, Columns: []string{
			"id", "kind", "ref", "basis", "reason", "set_by", "set_at", "lifted_at", "lift",
		},
	},
}
