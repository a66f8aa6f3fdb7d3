package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Medium is the directory of a second medium, to which each seal is brought: who
// may write the database may not write there. "": there is none.
type Medium string

// Anchor is a seal as the medium has it: one line of the file.
type Anchor struct {
	No        int64     `json:"no"`
	At        time.Time `json:"at"`
	Hash      string    `json:"hash"`
	SignedBy  string    `json:"signedBy,omitempty"`
	Signature []byte    `json:"signature,omitempty"`
}

// What may be wrong with a medium.
var (
	ErrMediumGone    = errors.New("the second medium of the audit does not answer")
	ErrMediumLost    = errors.New("the second medium of the audit has lost what it had")
	ErrMediumDiffers = errors.New("the second medium of the audit has other seals than the books")
)

const anchorFile = "quancheng-seals.jsonl"

// Check is what verifying and anchoring have come to.
type Check struct {
	ID       int `gorm:"primaryKey"`
	At       time.Time
	Seal     int64
	Anchored int64
	Broken   *AuditBreak `gorm:"serializer:json"`
}

// TableName of the entity.
func (Check) TableName() string { return "audit_check" }

// CheckOf reads how far verifying and anchoring have come.
func CheckOf(tx *gorm.DB) (c Check, err error) { return c, tx.Where("id = 1").Take(&c).Error }

// Bring appends the seals that the medium does not have yet, and returns how many. What is
// there is never written over: a medium that has other seals than the books is evidence.
// Anew begins a medium again that was emptied on purpose.
func (m Medium) Bring(tx *gorm.DB, anew bool) (int, error) {
	if m == "" {
		return 0, nil
	}
	var c Check
	if err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = 1").Take(&c).Error; err != nil {
		return 0, fmt.Errorf("audit check: %w", err) // one process at a time writes there
	}
	last, err := m.last()
	if err != nil {
		return 0, err
	}
	if last.No == 0 && c.Anchored > 0 && !anew {
		return 0, fmt.Errorf("%w: %s is empty, seal %d was brought there", ErrMediumLost, m.file(), c.Anchored)
	}
	if last.No > 0 {
		var there AuditSeal
		err := tx.Where("no = ?", last.No).Take(&there).Error
		if errors.Is(err, gorm.ErrRecordNotFound) || err == nil && there.Hash != last.Hash {
			return 0, fmt.Errorf("%w: seal %d", ErrMediumDiffers, last.No)
		}
		if err != nil {
			return 0, fmt.Errorf("audit seals: %w", err)
		}
	}
	var seals []AuditSeal
	if err := tx.Omit("heads").Where("no > ?", last.No).Order("no").Limit(bringBatch).Find(&seals).Error; err != nil || len(seals) == 0 {
		return 0, err
	}
	if err := m.append(seals); err != nil {
		return 0, err
	}
	return len(seals), tx.Model(&Check{}).Where("id = 1").Update("anchored", seals[len(seals)-1].No).Error
}

// bringBatch bounds what is brought at once, after a medium was away for months.
const bringBatch = 10_000

func (m Medium) file() string { return filepath.Join(string(m), anchorFile) }

// append writes lines and waits until they are on the medium. The directory must be there:
// one that is made where nothing is mounted would be the first medium again.
func (m Medium) append(seals []AuditSeal) (err error) {
	f, err := os.OpenFile(m.file(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMediumGone, err)
	}
	w := bufio.NewWriter(f)
	if torn(f.Name()) {
		_ = w.WriteByte('\n') // a writer's error stays and is told at its Flush
	}
	enc := json.NewEncoder(w)
	for _, s := range seals {
		if err := enc.Encode(Anchor{s.No, s.At.UTC(), s.Hash, s.SignedBy, s.Signature}); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if err := errors.Join(w.Flush(), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("%w: %w", ErrMediumGone, err)
	}
	return nil
}

// torn reports whether the last line was cut off.
func torn(file string) bool {
	tail, err := tailOf(file, 1)
	return err == nil && len(tail) == 1 && tail[0] != '\n'
}

// tailOf is the end of a file, at most n bytes.
func tailOf(file string, n int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(max(0, size-n), io.SeekStart); err != nil {
		return nil, err
	}
	return io.ReadAll(f)
}

// last is the newest whole line; a zero one where there is none yet.
func (m Medium) last() (last Anchor, err error) {
	if _, err := os.Stat(string(m)); err != nil {
		return last, fmt.Errorf("%w: %w", ErrMediumGone, err)
	}
	tail, err := tailOf(m.file(), 64<<10)
	if errors.Is(err, fs.ErrNotExist) {
		return last, nil
	}
	if err != nil {
		return last, fmt.Errorf("%w: %w", ErrMediumGone, err)
	}
	for line := range bytes.Lines(tail) {
		var a Anchor
		if json.Unmarshal(line, &a) == nil && a.No > 0 {
			last = a
		}
	}
	return last, nil
}

// each gives the lines of the medium in their order. A last line that was cut off by a failure is
// no line: it is completed by nothing, and the next one begins behind it.
func (m Medium) each(f func(Anchor) error) error {
	if _, err := os.Stat(string(m)); err != nil {
		return fmt.Errorf("%w: %w", ErrMediumGone, err)
	}
	file, err := os.Open(m.file())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMediumGone, err)
	}
	defer func() { _ = file.Close() }()
	r := bufio.NewReader(file)
	for {
		line, err := r.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return nil
		}
		if err != nil && err != io.EOF {
			return fmt.Errorf("%w: %w", ErrMediumGone, err)
		}
		var a Anchor
		if json.Unmarshal(line, &a) != nil || a.No == 0 {
			continue
		}
		if err := f(a); err != nil {
			return err
		}
	}
}

// anchors holds the seals of the medium against those of the books.
func (v Verifier) anchors(tx *gorm.DB, r *AuditResult) error {
	if v.Medium == "" {
		return nil
	}
	batch := map[int64]Anchor{}
	var order []int64
	look := func() error {
		var seals []AuditSeal
		if err := tx.Omit("heads").Where("no IN ?", order).Find(&seals).Error; err != nil {
			return fmt.Errorf("audit seals: %w", err)
		}
		have := map[int64]string{}
		for _, s := range seals {
			have[s.No] = s.Hash
		}
		for _, no := range order {
			switch hash, ok := have[no]; {
			case !ok:
				r.Break = &AuditBreak{Seq: no, Cause: AnchorBeyond}
			case hash != batch[no].Hash:
				r.Break = &AuditBreak{Seq: no, Cause: AnchorDiffers}
			}
			if r.Break != nil {
				return errStop
			}
			r.Anchored++
		}
		clear(batch)
		order = order[:0]
		return nil
	}
	err := v.Medium.each(func(a Anchor) error {
		if b, twice := batch[a.No]; twice && b.Hash != a.Hash {
			r.Break = &AuditBreak{Seq: a.No, Cause: AnchorDiffers}
			return errStop
		}
		batch[a.No], order = a, append(order, a.No)
		if len(order) < page {
			return nil
		}
		return look()
	})
	if err == nil && len(order) > 0 {
		err = look()
	}
	switch {
	case errors.Is(err, errStop):
		return nil
	case errors.Is(err, ErrMediumGone):
		r.Gone = true
		return nil
	}
	return err
}

var errStop = errors.New("stop")
