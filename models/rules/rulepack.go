package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// RulePack is a set of effective-dated parameters and rule files; a published one
// never changes (rules.md §0).
type RulePack struct {
	ID          string `gorm:"primaryKey"` // DEMO-2022.4
	Name        string
	ValidFrom   models.Date
	ValidTo     models.Date // the last day; empty: until another begins
	Params      models.JSON // []RuleParam
	Digest      string      // of parameters and files
	At          time.Time
	FilesDigest string // of the files alone; empty: the pack has none of its own
	State       string // PackDraft, PackPublished
	DraftedBy   string
	PublishedBy string
	Base        string // the pack that a draft began from
	Reason      string // why, in the drafter's words
	DraftedAt   *time.Time
	Rehearsed   string // digest that was rehearsed last
	RehearsedAt *time.Time
	Rehearsal   models.JSON // what it said, in numbers
}

// States of a rule pack. Only a published one judges.
const (
	PackDraft     = "draft"
	PackPublished = "published"
)

// RuleFile is one rule file of a pack.
type RuleFile struct {
	Pack string `gorm:"primaryKey"`
	Name string `gorm:"primaryKey"` // checks/A.dmn
	Body []byte
}

// TableName of the entity.
func (RuleFile) TableName() string { return "rule_file" }

// TableName of the entity.
func (RulePack) TableName() string { return "rule_pack" }

// RuleParam is one parameter with its legal basis.
type RuleParam struct {
	Rule     string      `json:"rule"`
	Key      string      `json:"key"`
	Value    json.Number `json:"value"`
	Unit     string      `json:"unit"`
	Basis    string      `json:"basis"`
	Verified bool        `json:"verified"`
	Floating bool        `json:"floating,omitempty"` // follows the day of the event, see dmn/rulepack
}

// ErrNoPack says that no rule pack was published yet; package rulebook has the example.
var ErrNoPack = errors.New("models: no rule pack is published")

// InstallPack publishes a rule pack with its files, unless it is there. The same id with another content is an error: packs are immutable.
func InstallPack(tx *gorm.DB, at time.Time, p RulePack, files ...File) error {
	p.Sign(files)
	p.At, p.State = models.Stamp(at), PackPublished
	var there []RulePack
	if err := tx.Where("id = ?", p.ID).Find(&there).Error; err != nil {
		return fmt.Errorf("rule pack %s: %w", p.ID, err)
	}
	if len(there) > 0 {
		if there[0].Digest != p.Digest {
			return fmt.Errorf("rule pack %s is published with another content; give the new one another id", p.ID)
		}
		return nil
	}
	if err := tx.Create(&p).Error; err != nil {
		return fmt.Errorf("rule pack %s: %w", p.ID, err)
	}
	return KeepFiles(tx, p.ID, files)
}

// Sign writes the digests of parameters and files into the pack.
func (p *RulePack) Sign(files []File) {
	p.FilesDigest = digestFiles(files)
	sum := sha256.Sum256(append(append([]byte{}, p.Params...), p.FilesDigest...))
	p.Digest = hex.EncodeToString(sum[:])
}

// KeepFiles stores the rule files of a pack, in place of those that it has.
func KeepFiles(tx *gorm.DB, pack string, files []File) error {
	if err := tx.Where("pack = ?", pack).Delete(&RuleFile{}).Error; err != nil {
		return fmt.Errorf("files of rule pack %s: %w", pack, err)
	}
	for _, f := range files {
		if err := tx.Create(&RuleFile{Pack: pack, Name: f.Name, Body: f.Body}).Error; err != nil {
			return fmt.Errorf("file %s of rule pack %s: %w", f.Name, pack, err)
		}
	}
	return nil
}

// Expired says whether the pack had ended before a day.
func (p RulePack) Expired(on models.Date) bool { return p.ValidTo != "" && p.ValidTo < on }

// digestFiles is the SHA-256 of names and contents, whatever the order; empty of none.
func digestFiles(files []File) string {
	if len(files) == 0 {
		return ""
	}
	sorted := slices.Clone(files)
	slices.SortFunc(sorted, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	h := sha256.New()
	for _, f := range sorted {
		_, _ = fmt.Fprintf(h, "%s\x00%d\x00", f.Name, len(f.Body)) // a hash takes everything
		_, _ = h.Write(f.Body)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// FilesOf are the rule files of a pack, by name.
func FilesOf(tx *gorm.DB, pack string) ([]File, error) {
	var rows []RuleFile
	if err := tx.Where("pack = ?", pack).Order("name").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("files of rule pack %s: %w", pack, err)
	}
	out := make([]File, len(rows))
	for i, r := range rows {
		out[i] = File{Name: r.Name, Body: r.Body}
	}
	return out, nil
}

// PackOn is the rule pack in force on a day: the newest that is valid from then
// or earlier, else, for what is back-registered from before the first, the first.
// One that had ended by then is refused with "pack-expired" (rules.md Z03).
func PackOn(tx *gorm.DB, on models.Date) (RulePack, error) {
	p, err := NewestOn(tx, on)
	if err == nil && p.Expired(on) {
		return p, models.Refuse("pack-expired", "pack", p.ID, "day", string(p.ValidTo))
	}
	return p, err
}

// NewestOn is PackOn, whether or not the pack had ended by that day.
func NewestOn(tx *gorm.DB, on models.Date) (RulePack, error) {
	var packs []RulePack
	if err := tx.Where("state = ?", PackPublished).Order("valid_from, id").Find(&packs).Error; err != nil {
		return RulePack{}, fmt.Errorf("rule packs: %w", err)
	}
	if len(packs) == 0 {
		return RulePack{}, ErrNoPack
	}
	chosen := packs[0]
	for _, p := range packs {
		if p.ValidFrom <= on {
			chosen = p
		}
	}
	return chosen, nil
}

// RuleOn gives the parameters of a floating rule on a day: those of the newest pack
// in force that states it. A pack that is silent about a rule leaves it as it was.
func RuleOn(tx *gorm.DB, rule string, on models.Date) (map[string]json.Number, error) {
	var packs []RulePack
	if err := tx.Where("state = ? AND (valid_from <= ? OR valid_from = (SELECT MIN(valid_from) FROM rule_pack WHERE state = ?))",
		PackPublished, on, PackPublished).Order("valid_from DESC, id DESC").Find(&packs).Error; err != nil {
		return nil, fmt.Errorf("rule packs: %w", err)
	}
	for _, p := range packs {
		tree, err := p.Tree()
		if err != nil {
			return nil, err
		}
		if params := tree[rule]; params != nil {
			return params, nil
		}
	}
	return nil, ErrNoPack
}

// PackByID is a published rule pack.
func PackByID(tx *gorm.DB, id string) (RulePack, error) {
	var p RulePack
	if err := tx.Where("id = ?", id).Take(&p).Error; err != nil {
		return p, fmt.Errorf("rule pack %s: %w", id, err)
	}
	return p, nil
}

// Chosen are the parameters that hold for a project with this pack pinned while
// another is in force: what floats, and what the pinned pack does not know, is
// taken from the one in force; everything else keeps its old value (rules.md §0).
// What floats has no value on a day after the pack in force has ended; an empty
// day asks whatever holds.
func (p RulePack) Chosen(inForce RulePack, on models.Date) (map[string]map[string]json.Number, error) {
	pinned, err := p.params()
	if err != nil {
		return nil, err
	}
	current, err := inForce.params()
	if err != nil {
		return nil, err
	}
	tree := map[string]map[string]json.Number{}
	put := func(q RuleParam) {
		if tree[q.Rule] == nil {
			tree[q.Rule] = map[string]json.Number{}
		}
		tree[q.Rule][q.Key] = q.Value
	}
	for _, q := range pinned {
		if !q.Floating {
			put(q)
		}
	}
	if p.ID != inForce.ID && inForce.Expired(on) {
		current = nil
	}
	for _, q := range current {
		if _, kept := tree[q.Rule][q.Key]; q.Floating || !kept {
			put(q)
		}
	}
	return tree, nil
}

// packsRead keeps the parameters of packs by their text, which says all of them: every step of a case reads one.
var packsRead = struct {
	sync.Mutex
	byText map[string][]RuleParam
}{byText: map[string][]RuleParam{}}

// packsKept is how many are kept; a county has a few, a draft is another with each change.
const packsKept = 32

// params are the parameters of the pack; nobody changes the slice.
func (p RulePack) params() ([]RuleParam, error) {
	packsRead.Lock()
	defer packsRead.Unlock()
	if all, ok := packsRead.byText[string(p.Params)]; ok {
		return all, nil
	}
	var all []RuleParam
	if err := p.Params.Into(&all); err != nil {
		return nil, fmt.Errorf("rule pack %s: %w", p.ID, err)
	}
	if len(packsRead.byText) >= packsKept {
		clear(packsRead.byText)
	}
	packsRead.byText[string(p.Params)] = all
	return all, nil
}

// Parameter is a rule's parameter in force on a day, for rules that follow the
// day of the event and not the pack of a project. That there is none is an
// error, never a silent default (rules.md Z03).
func Parameter(tx *gorm.DB, on models.Date, rule, key string) (decimal.Decimal, error) {
	p, err := PackOn(tx, on)
	if err != nil {
		return decimal.Decimal{}, err
	}
	tree, err := p.Tree()
	if err != nil {
		return decimal.Decimal{}, err
	}
	v, ok := tree[rule][key]
	if !ok {
		return decimal.Decimal{}, fmt.Errorf("rule pack %s has no parameter %s.%s", p.ID, rule, key)
	}
	return decimal.NewFromString(v.String())
}

// Tree gives the parameters by rule and key.
func (p RulePack) Tree() (map[string]map[string]json.Number, error) { return p.Chosen(p, "") }
