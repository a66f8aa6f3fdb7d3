package books

import "slices"

// Stage of a project (domain/processes.md §0).
type Stage string

// The stages, in the order of a life, then the side states.
const (
	Draft         Stage = "DRAFT"
	Submitted     Stage = "SUBMITTED"
	Supplementing Stage = "SUPPLEMENTING"
	Accepted      Stage = "ACCEPTED"
	InReview      Stage = "IN_REVIEW"
	Trimming      Stage = "TRIMMING"
	Reviewed      Stage = "REVIEWED"
	Approving     Stage = "APPROVING"
	Approved      Stage = "APPROVED"
	Budgeted      Stage = "BUDGETED"
	Procuring     Stage = "PROCURING"
	Awarded       Stage = "AWARDED"
	Contracted    Stage = "CONTRACTED"
	Building      Stage = "BUILDING"
	PrelimPassed  Stage = "PRELIM_ACCEPTED"
	TrialRun      Stage = "TRIAL_RUN"
	FinalPassed   Stage = "FINAL_ACCEPTED"
	Operating     Stage = "OPERATING"
	Evaluated     Stage = "EVALUATED"
	Archived      Stage = "ARCHIVED"

	Rejected   Stage = "REJECTED"
	Withdrawn  Stage = "WITHDRAWN"
	Terminated Stage = "TERMINATED"
	Merged     Stage = "MERGED"
)

// Life is the stages that a project goes through when nothing goes wrong.
var Life = []Stage{
	Draft, Submitted, Accepted, InReview, Trimming, Reviewed, Approving, Approved, Budgeted, Procuring,
	Awarded, Contracted, Building, PrelimPassed, TrialRun, FinalPassed, Archived,
}

// AllStages are all that a project can be in.
var AllStages = append(slices.Clone(Life), Supplementing, Operating, Evaluated, Rejected, Withdrawn, Terminated, Merged)

// Closed reports whether nothing follows, without the project having been finished.
func (s Stage) Closed() bool {
	return s == Rejected || s == Withdrawn || s == Terminated || s == Merged
}

// Reached reports whether a project in stage s has come at least to want.
func (s Stage) Reached(want Stage) bool {
	if s == Supplementing {
		s = Submitted
	}
	at := slices.Index(Life, s)
	return at >= 0 && at >= slices.Index(Life, want)
}
