package api

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/papers"
)

// paperSight decides which papers of a project the person sees: by the class of a
// paper (domain/papers.md §1, r1…r7), by what he is in the case, and by the moments
// that have come (domain/access.md §2). A paper that is not seen is not there: in
// lists, in the timeline, and when it is asked for.
type paperSight struct {
	me      string
	now     time.Time
	shelf   *papers.Shelf
	classes map[string]bool // AP RA RB BH BU LEGAL OFFICE JT FI PR CL AU EX SU
	closed  bool            // the project has ended before its end
	orgs    []string        // of SU: his organisations

	blind    bool      // has to enter figures of his own, and has seen none of A's
	ownSheet time.Time // when he entered some the last time
	allIn    bool      // no seat of the review is without its opinion
	draws    []books.ExpertDraw
	last     map[string]int64     // the newest paper of a kind, by number
	made     map[string]time.Time // and when it was made
	of       func(papers.Document) (contract string, err error)
	stated   bool       // his expert's seat, without a conflict
	sight    *caseSight // of the parts that files belong to
}

// classOf are the classes of access.md §2.1 that a role gives in every case.
var classOf = map[string]string{
	"BUREAU_CHIEF": "BH", "BUREAU_DEPUTY": "BH", "BUREAU_DIRECTOR": "BH", "PROCESS_ADMIN": "BH", "BUREAU_LEGAL": "LEGAL",
	"OFFICE":        "OFFICE",
	"BUREAU_ACCEPT": "BU", "BUREAU_REVIEW_A": "BU", "BUREAU_REVIEW_B": "BU", "DRAW_OPERATOR": "BU", "RECT_VERIFIER": "BU",
	"ARCHIVIST": "BU", "BUREAU_INSPECTOR": "BU", "DRAW_SUPERVISOR": "BU",
	"JOINT": "JT", "FINANCE_LIAISON": "FI", "PROCUREMENT_LIAISON": "PR", "COUNTY_LEADER": "CL", "AUDITOR": "AU", "SUPPLIER_PM": "SU",
	"SUPERVISOR_PM": "SU",
}

// house are the classes of the bureau.
var house = []string{"RA", "RB", "BH", "BU", "LEGAL", "OFFICE"}

// paperReaders are the classes that read papers of a class, r1 to r7 by their digit, once they are issued.
// What waits for a moment is in paperMoments.
var paperReaders = map[string][]string{
	"1":     slices.Concat(house, []string{"AP", "JT", "FI", "PR", "CL", "AU"}),
	"2":     slices.Concat(house, []string{"AP", "JT", "FI", "CL", "AU"}),
	"4":     slices.Concat(house, []string{"AP", "SU", "FI", "PR", "CL", "AU"}),
	"7":     slices.Concat(house, []string{"AP", "AU"}),
	"house": {"RA", "BH", "LEGAL", "OFFICE", "JT", "CL", "AU"},
}

// moment reports whether it has come for a paper.
type moment func(s *paperSight, d papers.Document) bool

func issued(*paperSight, papers.Document) bool { return true }

// after is a moment that a later paper of one of these kinds marks.
func after(kinds ...string) moment {
	return func(s *paperSight, d papers.Document) bool {
		n, _ := strconv.ParseInt(d.ID, 10, 64)
		return slices.ContainsFunc(kinds, func(k string) bool { return s.last[k] > n })
	}
}

var (
	concluded = after("group_opinion")
	sent      = after("trim_consultation", "review_opinion")
	opined    = after("review_opinion")
)

// sentOrEnded is SENT; who is refused learns the conclusion with the refusal.
func sentOrEnded(s *paperSight, d papers.Document) bool { return s.closed || sent(s, d) }

// met is MEET: the hour of the meeting. Reviews by letter open with the review opinion.
func met(s *paperSight, d papers.Document) bool {
	at := time.Time{}
	for _, x := range s.draws {
		if !x.At.After(d.CreatedAt) {
			at = meetingAt(x)
		}
	}
	if at.IsZero() {
		return opined(s, d)
	}
	return !s.now.Before(at)
}

func allIn(s *paperSight, _ papers.Document) bool { return s.allIn }

// paperMoments are, of papers that some see later than others, from when each class sees them; a class that is not named does not.
var paperMoments = map[string]map[string]moment{
	"draw_record":      {"AP": met, "RA": met, "RB": met, "BH": met, "EX": met, "AU": met},
	"expert_opinion":   {"RA": concluded, "RB": sent, "BH": concluded, "EX": allIn, "AU": concluded},
	"avoidance_pledge": {"BH": concluded, "AU": concluded}, // it names the expert: nobody to whom he is a number
	"seat_void":        {"RA": issued, "RB": issued, "BH": issued, "AU": issued},
	"group_opinion": {
		"AP": sentOrEnded, "RA": issued, "RB": issued, "BH": issued, "BU": issued, "LEGAL": issued, "OFFICE": issued, "EX": allIn,
		"JT": opined, "CL": opined, "AU": issued,
	},
}

// sealedPapers are the parts with which an auditor reads a paper before its moment (S19).
var sealedPapers = map[string]string{"expert_opinion": "expert.each", "avoidance_pledge": "expert.each"}

// named are who may know which expert an opinion is of; to the others he is a number.
func (s *paperSight) named(d papers.Document) bool {
	return d.Template != "expert_opinion" || d.CreatedBy == s.me || s.classes["BH"] || s.classes["AU"]
}

// sees reports whether the person sees a paper; files that people brought are the project's.
func (s *paperSight) sees(d papers.Document) (bool, error) {
	t, ok := s.shelf.Kind(d.Template)
	if d.Template == "" || !ok {
		return s.sight == nil || s.sight.seesFile(d), nil
	}
	if t.Read == "r6" {
		return true, nil
	}
	if s.classes["EX"] && d.CreatedBy == s.me && paperMoments[t.Kind] != nil {
		return true, nil // his own, while he has his seat
	}
	if s.blind && (t.Read == "r2" || t.Read == "r3") && !d.CreatedAt.Before(s.ownSheet) {
		return false, nil // what he saw in an earlier round stays seen
	}
	if part := sealedPapers[t.Kind]; part != "" && s.sight != nil && s.sight.unsealed[part] {
		return true, nil
	}
	if by := paperMoments[t.Kind]; by != nil {
		for class, from := range by {
			if s.classes[class] && from(s, d) {
				return true, nil
			}
		}
		return false, nil
	}
	for _, class := range paperReaders[strings.TrimPrefix(t.Read, "r")] {
		switch {
		case !s.classes[class]:
		case class == "SU":
			return s.ofOwnContract(d)
		default:
			return true, nil
		}
	}
	return false, nil
}

// ofOwnContract holds that who builds sees the papers of his contract, and of no other.
func (s *paperSight) ofOwnContract(d papers.Document) (bool, error) {
	no, err := s.of(d)
	return no != "", err
}

// paperSight gathers what decides, of one project.
func (c *call) paperSight(p books.Project) (*paperSight, error) {
	shelf, err := papers.ShelfOf(c.db())
	if err != nil {
		return nil, err
	}
	s := &paperSight{
		me: c.who.Person.ID, now: c.srv.Now(), shelf: shelf, classes: map[string]bool{}, closed: p.Stage.Closed(), last: map[string]int64{},
		made: map[string]time.Time{},
	}
	for _, load := range []func(*gorm.DB, books.Project) error{s.loadPapers, s.loadReview, s.loadSheets} {
		if err := load(c.db(), p); err != nil {
			return nil, err
		}
	}
	if s.blind, err = c.blind(p.Code); err != nil {
		return nil, err
	}
	c.classesIn(p, s)
	if s.sight, err = c.caseSight(p, s); err != nil {
		return nil, err
	}
	s.of = func(d papers.Document) (string, error) {
		var no []string
		err := c.db().
			Raw("SELECT contract_no FROM contract WHERE project = ? AND (supplier_org IN ? OR supervisor_org IN ?)", p.Code, s.orgs,
				s.orgs).
			Scan(&no).
			Error
		if err != nil {
			return "", err
		}
		return contractIn(c.db(), d, no)
	}
	return s, nil
}

// classesIn finds what the person is in the case. Who stands on the applicant's side is nothing else in it (blind.AP).
func (c *call) classesIn(p books.Project, s *paperSight) {
	for _, post := range c.who.Posts {
		for _, role := range office.Expand(c.who.sets, post.Role) {
			if class := classOf[role]; class != "" {
				s.classes[class] = true
			}
			if class := classOf[role]; class == "SU" {
				s.orgs = append(s.orgs, post.DeptID)
			}
			if post.DeptID == p.DeptID && (strings.HasPrefix(role, "APPLY_") || role == "RECT_OWNER") {
				s.classes["AP"] = true
			}
		}
	}
	if s.blind {
		s.classes["RB"] = true
	}
	if s.classes["AP"] {
		s.classes = map[string]bool{"AP": true}
	}
}

// loadPapers finds the newest paper of each kind: papers mark moments.
func (s *paperSight) loadPapers(tx *gorm.DB, p books.Project) error {
	var rows []papers.Document
	if err := tx.Select("id", "template", "created_at").Where("project = ? AND template <> ''", p.Code).Find(&rows).Error; err != nil {
		return err
	}
	for _, d := range rows {
		if n, _ := strconv.ParseInt(d.ID, 10, 64); n > s.last[d.Template] {
			s.last[d.Template], s.made[d.Template] = n, d.CreatedAt
		}
	}
	return nil
}

// loadReview reads draws and seats of the current review.
func (s *paperSight) loadReview(tx *gorm.DB, p books.Project) error {
	if err := tx.Where("project = ?", p.Code).Order("at, draw_no").Find(&s.draws).Error; err != nil {
		return err
	}
	var seats []books.ExpertSeat
	if err := tx.Where("project = ? AND cycle = (SELECT MAX(cycle) FROM expert_seat WHERE project = ?)", p.Code,
		p.Code).Find(&seats).Error; err != nil {
		return err
	}
	s.allIn = len(seats) > 0
	for _, x := range seats {
		if x.State != books.SeatVoid && x.State != books.SeatSigned {
			s.allIn = false
		}
		if x.PersonID == s.me && x.State != books.SeatVoid {
			s.classes["EX"], s.stated = true, x.State != books.SeatDrawn
		}
	}
	return nil
}

// loadSheets finds who has held the duties A and B.
func (s *paperSight) loadSheets(tx *gorm.DB, p books.Project) error {
	var mine []books.Sheet
	if err := tx.Where("project = ? AND actor = ?", p.Code, s.me).Order("round").Find(&mine).Error; err != nil {
		return err
	}
	for _, x := range mine {
		switch x.Kind {
		case books.SheetA, books.SheetAnswer:
			s.classes["RA"] = true
		case books.SheetB:
			s.classes["RB"], s.ownSheet = true, x.At
		}
	}
	var pre int64
	if err := tx.Model(&books.Record{}).Where("project = ? AND kind = ? AND actor = ?", p.Code, "review.pre",
		s.me).Count(&pre).Error; err != nil {
		return err
	}
	s.classes["RA"] = s.classes["RA"] || pre > 0
	return nil
}

// contractIn is which of some contracts a paper is about, "" for none of them.
func contractIn(tx *gorm.DB, d papers.Document, numbers []string) (string, error) {
	if len(d.Data) == 0 {
		var whole []papers.Document
		if err := tx.Select("data").Where("id = ?", d.ID).Limit(1).Find(&whole).Error; err != nil || len(whole) == 0 {
			return "", err
		}
		d.Data = whole[0].Data
	}
	var facts struct {
		Contract struct {
			No string `json:"no"`
		} `json:"contract"`
	}
	if err := d.Data.Into(&facts); err != nil {
		return "", err
	}
	if !slices.Contains(numbers, facts.Contract.No) {
		return "", nil
	}
	return facts.Contract.No, nil
}

// meetingAt is the hour that a draw was made for, zero for a review by letter.
func meetingAt(d books.ExpertDraw) time.Time {
	var in struct {
		MeetingAt string `json:"meetingAt"`
	}
	if err := d.Criteria.Into(&in); err != nil {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if at, err := time.ParseInLocation(layout, in.MeetingAt, models.Zone); err == nil {
			return at
		}
	}
	if at, err := models.ParseDate(in.MeetingAt); err == nil {
		return at.Start()
	}
	return time.Time{}
}

// seenPapers leaves of a project's documents those that the person sees, and of opinions that are numbers to him takes the name.
func (c *call) seenPapers(p books.Project, all []papers.Document) ([]papers.Document, error) {
	s, err := c.paperSight(p)
	if err != nil {
		return nil, err
	}
	var out []papers.Document
	for _, d := range all {
		ok, err := s.sees(d)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if !s.named(d) {
			d.CreatedBy = ""
		}
		out = append(out, d)
	}
	return out, nil
}
