package search

import (
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Kind of what is found.
type Kind string

// The kinds, in the order in which they are shown.
const (
	Project       Kind = "project"
	Matter        Kind = "matter"
	Document      Kind = "document"
	Rectification Kind = "rectification"
	Item          Kind = "item"
	Person        Kind = "person"
)

// Kinds lists them.
var Kinds = []Kind{Project, Matter, Document, Rectification, Item, Person}

// Hit is a thing that was found.
type Hit struct {
	ID      int64
	Kind    Kind
	Ref     string
	Title   string
	No      string
	Dept    string
	Project string
	Root    int64
	Person  string
	Process string
}

// Question of a person.
type Question struct {
	Words  []string // of Words
	Kinds  []Kind   // none: all
	Depts  []string // none: all
	Before int64    // id; 0: from the newest
	Most   int      // of a kind
	Sight  Sight
}

// dense is how many hits are taken for "many": then they lie so close together
// that reading from the newest backwards comes upon them soon.
const dense = 4000

// Find lists what was found, by kind, the newest first: at most Most of each.
// Without a word of two characters nothing is found.
func Find(tx *gorm.DB, q Question) (map[Kind][]Hit, error) {
	pairs := grams(q.Words)
	if len(pairs) == 0 {
		return map[Kind][]Hit{}, nil
	}
	if len(q.Kinds) == 0 {
		q.Kinds = Kinds
	}
	near, err := q.sample(tx, pairs)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	few, err := near.held(tx)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	out := map[Kind][]Hit{}
	for _, kind := range q.Kinds {
		if few != nil && near.rare(kind) && len(few[kind]) == 0 {
			continue
		}
		var among []int64
		if near.rare(kind) {
			among = few[kind]
		}
		hits, err := q.one(tx, kind, among)
		if err != nil {
			return nil, fmt.Errorf("search %s: %w", kind, err)
		}
		if len(hits) > 0 {
			out[kind] = hits
		}
	}
	return out, nil
}

// one reads the hits of a kind, up to what the person sees. Few are chosen among their ids, nil for many: these are met on the way
// back from the newest, for each reason why the person may see them along an index of its own, so that who sees little of much
// does not walk past the rest.
func (q Question) one(tx *gorm.DB, kind Kind, among []int64) ([]Hit, error) {
	where, args := []string{"e.kind = ?"}, []any{kind}
	if among != nil {
		of := "e.id IN (SELECT value FROM json_each(?))"
		if tx.Name() != models.NameSQLite {
			of = "e.id IN (SELECT CAST(x AS BIGINT) FROM json_array_elements_text(CAST(? AS json)) AS x)"
		}
		where, args = append(where, of), append(args, string(models.JSONOf(among)))
	}
	for _, w := range q.Words {
		where, args = append(where, `e.text LIKE ? ESCAPE '\'`), append(args, likePart(w))
	}
	if len(q.Depts) > 0 {
		where, args = append(where, "e.dept IN ?"), append(args, q.Depts)
	}
	if q.Before > 0 {
		where, args = append(where, "e.id < ?"), append(args, q.Before)
	}
	var parts []string
	var vars []any
	for _, r := range q.Sight.reasons(kind) {
		parts = append(parts, "SELECT * FROM (SELECT e.id, e.kind, e.ref, e.title, e.no, e.dept, e.project, e.root, e.person, e.process "+
			"FROM search_entry e WHERE "+strings.Join(where, " AND ")+" AND "+r.sql+" ORDER BY e.id DESC LIMIT ?) AS r"+
			strconv.Itoa(len(parts)))
		vars = append(append(append(vars, args...), r.args...), q.Most)
	}
	if len(parts) == 0 {
		return nil, nil
	}
	var hits []Hit
	err := tx.Raw(strings.Join(parts, " UNION ")+" ORDER BY id DESC LIMIT ?", append(vars, q.Most)...).Scan(&hits).Error
	return hits, err
}

// holding is the condition that an entry has all pairs of characters.
func holding(tx *gorm.DB, pairs []string) (string, []any) {
	if tx.Name() != models.NameSQLite {
		return "e.grams @> ARRAY(SELECT json_array_elements_text(CAST(? AS json)))", []any{string(models.JSONOf(pairs))}
	}
	var parts []string
	var args []any
	for _, p := range pairs {
		parts, args = append(parts, "e.id IN (SELECT entry FROM search_gram WHERE gram = ?)"), append(args, p)
	}
	return strings.Join(parts, " AND "), args
}

// Numbered finds what bears exactly this number, however it is written in brackets.
func Numbered(tx *gorm.DB, s Sight, numbers ...string) ([]Hit, error) {
	var out []Hit
	for _, kind := range []Kind{Project, Rectification, Document, Matter, Item} {
		sees, args := s.of(kind)
		if sees == "" || len(numbers) == 0 {
			continue
		}
		var hits []Hit
		err := tx.Raw("SELECT e.* FROM search_entry e WHERE e.kind = ? AND lower(e.no) IN ? AND "+sees+" ORDER BY e.id DESC LIMIT 5",
			append([]any{kind, numbers}, args...)...).
			Scan(&hits).
			Error
		if err != nil {
			return nil, fmt.Errorf("search %s: %w", kind, err)
		}
		out = append(out, hits...)
	}
	return out, nil
}

// Meant are things whose number is what was typed with one character less: “did you mean”.
func Meant(tx *gorm.DB, s Sight, words []string) ([]Hit, error) {
	if len(words) != 1 {
		return nil, nil
	}
	return Numbered(tx, s, slips(words[0])...)
}
