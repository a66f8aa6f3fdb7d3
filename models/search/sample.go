package search

import (
	"slices"
	"strings"

	"gorm.io/gorm"
)

// The newest entries of a kind tell how common words are, without a look at all that the index has of them: a list of half a million
// places costs what it costs, however few are wanted of it.
const (
	sampled     = 300 // entries of each kind
	common      = 8   // of them have the words: these are met soon on the way back from the newest
	mostWeighed = 16  // pairs whose share is asked for
	mostTelling = 3   // pairs that are looked up: the rarest; that the words occur is asked of what they leave
)

// near is what a sample of the newest entries says of a question.
type near struct {
	kinds []Kind // whose hits are looked up in the index; those of the others are met on the way back
	pairs []string
	tell  []string // the pairs that narrow
}

// rare reports whether a kind's hits are looked up in the index.
func (n near) rare(kind Kind) bool { return slices.Contains(n.kinds, kind) }

// sample asks the newest entries of each kind.
func (q Question) sample(tx *gorm.DB, pairs []string) (near, error) {
	out := near{pairs: pairs}
	weighed := pairs[:min(len(pairs), mostWeighed)]
	columns, args := []string{"count(*)"}, []any{}
	var has []string
	for _, w := range q.Words {
		has, args = append(has, `s.text LIKE ? ESCAPE '\'`), append(args, likePart(w))
	}
	columns = append(columns, "COALESCE(SUM(CASE WHEN "+strings.Join(has, " AND ")+" THEN 1 ELSE 0 END), 0)")
	for _, p := range weighed {
		columns = append(columns, `COALESCE(SUM(CASE WHEN s.text LIKE ? ESCAPE '\' THEN 1 ELSE 0 END), 0)`)
		args = append(args, likePart(p))
	}
	var parts []string
	var vars []any
	for _, kind := range q.Kinds {
		parts = append(parts, "SELECT CAST(? AS TEXT) AS kind, "+strings.Join(columns, ", ")+
			" FROM (SELECT e.text FROM search_entry e WHERE e.kind = ? ORDER BY e.id DESC LIMIT ?) AS s")
		vars = append(append(append(vars, kind), args...), kind, sampled)
	}
	rows, err := tx.Raw(strings.Join(parts, " UNION ALL "), vars...).Rows()
	if err != nil {
		return out, err
	}
	defer func() { _ = rows.Close() }()
	shares := make([]int, len(weighed))
	for rows.Next() {
		var kind Kind
		got := make([]int, len(columns))
		into := []any{&kind}
		for i := range got {
			into = append(into, &got[i])
		}
		if err := rows.Scan(into...); err != nil {
			return out, err
		}
		if got[0] == sampled && got[1] < common { // fewer than that are read whole
			out.kinds = append(out.kinds, kind)
		}
		for i := range shares {
			shares[i] += got[2+i]
		}
	}
	out.tell = rarest(weighed, shares)
	return out, rows.Err()
}

// rarest are the pairs with the least shares.
func rarest(pairs []string, shares []int) []string {
	at := make([]int, len(pairs))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(a, b int) int { return shares[a] - shares[b] })
	var out []string
	for _, i := range at[:min(len(at), mostTelling)] {
		out = append(out, pairs[i])
	}
	return out
}

// held are the entries that the index has of the rare kinds; nil where they are many after all.
func (n near) held(tx *gorm.DB) (map[Kind][]int64, error) {
	if len(n.kinds) == 0 {
		return nil, nil
	}
	for _, pairs := range [][]string{n.tell, n.pairs} {
		index, args := holding(tx, pairs)
		var held []struct {
			ID   int64
			Kind Kind
		}
		err := tx.Raw("SELECT e.id, e.kind FROM search_entry e WHERE "+index+" AND e.kind IN ? LIMIT ?", append(args, n.kinds, dense)...).
			Scan(&held).Error
		if err != nil {
			return nil, err
		}
		if len(held) < dense {
			few := map[Kind][]int64{}
			for _, h := range held {
				few[h.Kind] = append(few[h.Kind], h.ID)
			}
			return few, nil
		}
		if len(n.tell) == len(n.pairs) {
			break
		}
	}
	return nil, nil
}
