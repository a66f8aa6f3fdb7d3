package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Answer is what somebody says to a finding, or to a rule whose facts are missing.
// It counts while the finding's values stay as they were.
type Answer struct {
	ID          int64 `gorm:"primaryKey;autoIncrement"`
	SubjectKind string
	SubjectID   string
	Project     string
	Point       string
	Rule        string
	Place       string // see Finding.Place
	Finding     string // digest of its values
	Kind        string // AnswerGiven, AnswerOverride
	Reason      string
	Person      string
	Post        string
	SecondBy    string // of an override: whose second signature; empty: it waits for one
	Run         int64
	At          time.Time
}

// TableName of the entity.
func (Answer) TableName() string { return "check_answer" }

// Kinds of answers.
const (
	AnswerGiven    = "answer"
	AnswerOverride = "override" // sets the proposed consequence aside: reason and a second person
)

// Place names where a finding is: field, line and ref; of what is not known the rule as a whole.
func (f Finding) Place() string { return f.place() }

func (f Finding) place() string {
	if f.Field == "" {
		return ""
	}
	return strings.Join([]string{f.Field, strconv.Itoa(f.Line), f.Ref}, "|")
}

// digest of what a finding says; another one needs another answer.
func (f Finding) digest() string {
	what := []any{f.Act, f.Values} // maps by key
	if f.bound != "" {
		what = append(what, f.bound)
	}
	raw, err := json.Marshal(what)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Answers to findings about a subject, oldest first.
func Answers(tx *gorm.DB, s Subject) ([]Answer, error) {
	var out []Answer
	if err := tx.Where("subject_kind = ? AND subject_id = ?", s.Kind, s.ID).Order("id").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("answers of %s %s: %w", s.Kind, s.ID, err)
	}
	return out, nil
}

// AnswerTo is the answer that counts for a finding.
func AnswerTo(answers []Answer, rule string, f Finding) (Answer, bool) {
	place, digest := f.place(), f.digest()
	for _, a := range slices.Backward(answers) {
		if a.Rule == rule && a.Place == place && a.Finding == digest {
			return a, true
		}
	}
	return Answer{}, false
}

// answered says that a finding holds up nothing any more: with a proposed
// consequence to be set aside, the second person has signed too.
func answered(answers []Answer, rule string, f Finding) bool {
	a, ok := AnswerTo(answers, rule, f)
	return ok && (a.Kind != AnswerOverride || a.SecondBy != "")
}

// Reply is an answer on its way in.
type Reply struct {
	Rule   string `json:"rule"`
	Place  string `json:"place"`
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
}

// minReason is what a reason says at the least, in characters: more than a word.
const minReason = 4

// Answer stores replies to what a point finds now. A rule's answer is for whom it
// names: the role of the post that the actor signs with. What nobody found, or what
// is hard, has no answer.
func (b *Book) Answer(tx *gorm.DB, a models.Acting, point string, s Subject, replies []Reply) error {
	rep, _, err := b.Look(tx, a, point, s)
	if err != nil {
		return err
	}
	role, _ := models.SplitPost(a.Post)
	refusal := models.Refuse("answers-refused")
	var rows []Answer
	for i, reply := range replies {
		f, code := rep.find(reply, role)
		if code != "" {
			refusal.Field(fmt.Sprintf("/answers/%d", i), code, "rule", reply.Rule)
			continue
		}
		if len([]rune(strings.TrimSpace(reply.Reason))) < minReason {
			refusal.Field(fmt.Sprintf("/answers/%d/reason", i), "answer-too-short", "least", strconv.Itoa(minReason))
			continue
		}
		rows = append(rows, Answer{
			SubjectKind: s.Kind, SubjectID: s.ID, Project: s.Project, Point: point, Rule: reply.Rule, Place: f.place(), Finding: f.digest(),
			Kind: reply.Kind, Reason: strings.TrimSpace(reply.Reason), Person: a.Person, Post: a.Post, At: models.Stamp(a.At),
		})
	}
	if err := refusal.OrNil(); err != nil {
		return err
	}
	run, err := lastRun(tx, point, s)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].Run = run
		if err := tx.Create(&rows[i]).Error; err != nil {
			return fmt.Errorf("answer to %s of %s: %w", rows[i].Rule, s.ID, err)
		}
	}
	return nil
}

// find is the finding that a reply is about; a code says why there is none for this role.
func (rep Report) find(reply Reply, role string) (Finding, string) {
	res, ok := rep.Result(reply.Rule)
	if !ok {
		return Finding{}, "no-such-finding"
	}
	r := rep.Edition.Checks().Rules[reply.Rule]
	switch {
	case r.Kind != KindCheck || r.Hard || res.State == Error:
		return Finding{}, "hard-rule-not-answered"
	case !slices.Contains(r.AnsweredBy, role):
		return Finding{}, "not-yours-to-answer"
	case reply.Kind != AnswerGiven && reply.Kind != AnswerOverride:
		return Finding{}, "not-an-answer"
	}
	found := res.Findings
	if u := res.unknown(); u != nil {
		found = append(slices.Clone(found), *u)
	}
	for _, f := range found {
		if f.place() == reply.Place {
			if reply.Kind == AnswerOverride && f.Act == "" {
				return f, "nothing-to-override"
			}
			return f, ""
		}
	}
	return Finding{}, "no-such-finding"
}

// Countersign is the second person's signature below the override of a finding; one that he gave himself he cannot sign.
func Countersign(tx *gorm.DB, a models.Acting, id int64) error {
	var row Answer
	if err := tx.Where("id = ?", id).Take(&row).Error; err != nil {
		return models.Refuse("not-found", "what", strconv.FormatInt(id, 10))
	}
	switch {
	case row.Kind != AnswerOverride || row.SecondBy != "":
		return models.Refuse("nothing-to-confirm")
	case row.Person == a.Person:
		return models.Refuse("second-person-needed")
	}
	done := tx.Model(&Answer{}).Where("id = ? AND second_by = ''", id).Update("second_by", a.Person)
	if done.Error != nil {
		return fmt.Errorf("answer %d: %w", id, done.Error)
	}
	if done.RowsAffected == 0 {
		return models.Refuse("nothing-to-confirm")
	}
	return nil
}

func lastRun(tx *gorm.DB, point string, s Subject) (id int64, err error) {
	err = tx.Model(&CheckRun{}).
		Where("subject_kind = ? AND subject_id = ? AND point = ?", s.Kind, s.ID, point).
		Select("COALESCE(MAX(id), 0)").
		Scan(&id).
		Error
	if err != nil {
		return 0, fmt.Errorf("last check run of %s %s: %w", s.Kind, s.ID, err)
	}
	return id, nil
}
