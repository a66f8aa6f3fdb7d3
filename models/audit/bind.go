package audit

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// BoundRow says what a row of the books was when an entry bound it.
type BoundRow struct {
	Kind    string `gorm:"primaryKey" json:"kind"`
	Key     string `gorm:"primaryKey" json:"key"`
	Version int    `gorm:"primaryKey" json:"version"` // from 1
	Digest  string `json:"digest"`                    // "" when the row was removed
	Chain   string `json:"chain"`
	Seq     int64  `json:"seq"`
}

// TableName of the entity.
func (BoundRow) TableName() string { return "audit_row" }

// UnnamedChain has the entries of what was written without an entry beside it, and
// at its beginning one that binds what the books held when binding began.
const UnnamedChain = "r:books"

// init lets transactions of all rooms end bound: models, below, knows no audit.
func init() {
	models.Unnamed = func(tx *gorm.DB) error {
		a := models.Acting{Person: "system", At: tx.NowFunc()}
		return Audit(tx, UnnamedChain, a, AuditEntry{Action: "books.bound", Subject: "books"})
	}
}

// bind adds to an entry what was written in its transaction since the entry before
// it, and gives the rows to store beside it.
func bind(tx *gorm.DB, e *AuditEntry) ([]BoundRow, error) {
	written := models.TakeWritten(tx)
	if len(written) == 0 {
		return nil, nil
	}
	var out []BoundRow
	for i := range models.Bound {
		kind := &models.Bound[i]
		var keys, known []string
		for _, r := range written {
			if r.Kind != kind {
				continue
			}
			keys = append(keys, r.Key)
			if !r.Fresh {
				known = append(known, r.Key)
			}
		}
		rows, err := versions(tx, kind, keys, known)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	for i := range out {
		out[i].Chain, out[i].Seq = e.Chain, e.Seq
	}
	e.Binds = bindsOf(out)
	return out, nil
}

// versions gives the next version of rows as they are now; of those that are
// neither there nor bound, since what wrote them was taken back, none. Known are
// the keys that may be bound already.
func versions(tx *gorm.DB, kind *models.BoundKind, keys, known []string) ([]BoundRow, error) {
	now, err := digests(tx, kind, keys)
	if err != nil {
		return nil, err
	}
	last, err := newest(tx, kind.Name, known)
	if err != nil {
		return nil, err
	}
	var out []BoundRow
	for _, key := range keys {
		before := last[key]
		if before.Digest == now[key] {
			continue // neither there nor bound, or written as it was
		}
		out = append(out, BoundRow{Kind: kind.Name, Key: key, Version: before.Version + 1, Digest: now[key]})
	}
	return out, nil
}

// newest gives the newest version of rows of a kind, by key.
func newest(tx *gorm.DB, kind string, keys []string) (map[string]BoundRow, error) {
	out := map[string]BoundRow{}
	for some := range slices.Chunk(keys, digestBatch) {
		var rows []BoundRow
		err := tx.Where("kind = ? AND key IN ?", kind, some).Order("version").Find(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("audit rows of %s: %w", kind, err)
		}
		for _, r := range rows {
			out[r.Key] = r
		}
	}
	return out, nil
}

// bindsOf is what an entry's hash holds of the rows that it binds; "" of none.
func bindsOf(rows []BoundRow) string {
	if len(rows) == 0 {
		return ""
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, fmt.Sprintf("%q %q %d %s", r.Kind, r.Key, r.Version, r.Digest))
	}
	slices.Sort(lines)
	h := sm3.Sum([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(h[:])
}

// Baseline binds, once for each kind, what the books held before binding of the kind
// began. Rows of it that no entry binds are found from then on.
func Baseline(tx *gorm.DB, a models.Acting) error {
	if _, err := lockHead(tx, UnnamedChain); err != nil {
		return err
	}
	done, err := baselined(tx)
	if err != nil {
		return err
	}
	var names []string
	for i := range models.Bound {
		kind := &models.Bound[i]
		if done[kind.Name] {
			continue
		}
		names = append(names, kind.Name)
		keys, err := unbound(tx, kind, -1)
		if err != nil {
			return err
		}
		for some := range slices.Chunk(keys, baselineBatch) {
			if err := baseline(tx, a, kind, some); err != nil {
				return err
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	return Audit(tx, UnnamedChain, a, AuditEntry{
		Action: baselineAction, Subject: "books", Detail: models.JSONOf(map[string]any{"kinds": names}),
	})
}

// baselined are the names of the kinds whose rows are all bound since a baseline. Those of the
// first releases do not name them.
func baselined(tx *gorm.DB) (map[string]bool, error) {
	var details []models.JSON
	err := tx.Model(&AuditEntry{}).Where("chain = ? AND action = ?", UnnamedChain, baselineAction).Order("seq").Pluck("detail", &details).Error
	if err != nil {
		return nil, fmt.Errorf("baselines: %w", err)
	}
	out := map[string]bool{}
	for _, d := range details {
		said := struct{ Kinds []string }{}
		if err := d.Into(&said); err != nil {
			return nil, fmt.Errorf("baselines: %w", err)
		}
		if said.Kinds == nil {
			said.Kinds = models.BoundFirst()
		}
		for _, name := range said.Kinds {
			out[name] = true
		}
	}
	return out, nil
}

const (
	baselineAction = "books.baseline" // binds nothing any more: from this entry on every row of its kinds is bound
	baselineBatch  = 500
)

func baseline(tx *gorm.DB, a models.Acting, kind *models.BoundKind, keys []string) error {
	return audit(tx, UnnamedChain, a, AuditEntry{Action: "books.bound", Subject: "books"}, func(e *AuditEntry) ([]BoundRow, error) {
		rows, err := versions(tx, kind, keys, nil)
		for i := range rows {
			rows[i].Chain, rows[i].Seq = e.Chain, e.Seq
		}
		e.Binds = bindsOf(rows)
		return rows, err
	})
}

// unbound are the keys of rows that no entry binds, at most limit.
func unbound(tx *gorm.DB, kind *models.BoundKind, limit int) ([]string, error) {
	var keys []string
	err := tx.Raw(`SELECT `+keyText(kind)+` FROM `+kind.Table+` t WHERE NOT EXISTS
		(SELECT 1 FROM audit_row r WHERE r.kind = ? AND r.key = `+keyText(kind)+`) ORDER BY 1`+limited(limit), kind.Name).Scan(&keys).Error
	if err != nil {
		return nil, fmt.Errorf("unbound rows of %s: %w", kind.Name, err)
	}
	return keys, nil
}

func limited(n int) string {
	if n < 0 {
		return ""
	}
	return fmt.Sprintf(" LIMIT %d", n)
}

// keyText is the key of a row of t in SQL, as audit_row has it.
func keyText(kind *models.BoundKind) string {
	var parts []string
	for _, c := range kind.Key {
		parts = append(parts, "CAST(t."+c+" AS TEXT)")
	}
	return strings.Join(parts, " || '#' || ")
}
