package commands

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/service"
)

// sheetRow is a submitted line of a trimming sheet.
type sheetRow struct {
	LineNo       int    `json:"lineNo"`
	Reviewed     amount `json:"reviewed"`
	Reason       string `json:"reason"`
	SecondReason string `json:"secondReason"`
	CapabilityID string `json:"capabilityId"`
	Basis        string `json:"basis"`
}

// sheetLine checks a row against what was declared: 0 ≤ reviewed ≤ declared, a
// reason exactly when something is cut, a second one only beside another first,
// a capability exactly for REUSE. Each reason says what it rests on.
func (f faults) sheetLine(
	list string, i int, r sheetRow, declared models.Money, capabilities map[string]service.Capability, grounds bool,
) books.SheetLine {
	reviewed := f.money(at(list, i, "reviewed"), r.Reviewed)
	l := books.SheetLine{
		LineNo: r.LineNo, Declared: declared, Reviewed: reviewed, Cut: declared.Sub(reviewed),
		Reason: models.Optional(r.Reason), SecondReason: r.SecondReason, Basis: strings.TrimSpace(r.Basis),
	}
	switch l.Cut.Sign() {
	case -1:
		f.Field(at(list, i, "reviewed"), "reviewed-above-declared", "declared", declared.String())
	case 0:
		if r.Reason != "" {
			f.Field(at(list, i, "reason"), "reason-without-cut")
		}
	case 1:
		if r.Reason == "" {
			f.Field(at(list, i, "reason"), "cut-without-reason")
		}
	}
	if r.Reason != "" {
		f.oneOf(at(list, i, "reason"), r.Reason, models.CutReasons...)
	}
	switch {
	case r.SecondReason == "":
	case r.Reason == "", r.SecondReason == r.Reason:
		f.Field(at(list, i, "secondReason"), "second-reason-alone")
	default:
		f.oneOf(at(list, i, "secondReason"), r.SecondReason, models.CutReasons...)
	}
	for _, reason := range []string{r.Reason, r.SecondReason} {
		if code := groundsOf[reason]; grounds && code != "" && l.Cut.Sign() > 0 && l.Basis == "" {
			f.Field(at(list, i, "basis"), code)
			break
		}
	}
	if r.Reason == "REUSE" || r.SecondReason == "REUSE" {
		l.Capability = models.Optional(r.CapabilityID)
		f.capability(at(list, i, "capabilityId"), r.CapabilityID, capabilities)
	}
	return l
}

// groundsHeader of a sheet's task asks for what a cut rests on. Models of a former release do not.
const groundsHeader = "grounds"

// groundsOf are the reasons that say what they rest on, each with the refusal of one that does not.
var groundsOf = map[string]string{"OVER": "sizing-missing", "PRICE": "price-basis-missing"}

// capability must be in the catalogue, and there or promised for a date.
func (f faults) capability(pointer, code string, capabilities map[string]service.Capability) {
	k, ok := capabilities[code]
	switch {
	case code == "":
		f.Field(pointer, "reuse-without-capability")
	case !ok:
		f.Field(pointer, "capability-unknown", "code", code)
	case k.Status != service.CapabilityBuilt && k.CommittedOn == "":
		f.Field(pointer, "capability-not-committed", "code", code)
	}
}

func capabilitiesByCode(tx *gorm.DB) (map[string]service.Capability, error) {
	list, err := service.Capabilities(tx)
	if err != nil {
		return nil, err
	}
	m := make(map[string]service.Capability, len(list))
	for _, k := range list {
		m[k.Code] = k
	}
	return m, nil
}

// currentLines are the lines of the sheet as it stands.
func currentLines(tx *gorm.DB, project string) (books.Sheet, map[int]books.SheetLine, error) {
	v, err := books.CurrentSheet(tx, project)
	if err != nil {
		return books.Sheet{}, nil, err
	}
	var rows []books.SheetLine
	if err := tx.Where("project = ? AND round = ?", project, v.Round).Find(&rows).Error; err != nil {
		return books.Sheet{}, nil, fmt.Errorf("sheet of %s: %w", project, err)
	}
	lines := make(map[int]books.SheetLine, len(rows))
	for _, r := range rows {
		lines[r.LineNo] = r
	}
	return v.Sheet, lines, nil
}

// nextSheet is the next sheet of a project with its sums.
func nextSheet(tx *gorm.DB, c Call, project, kind string, lines []books.SheetLine) (books.Sheet, error) {
	s := books.Sheet{Project: project, Kind: kind, Actor: c.Acting.Person, At: c.Acting.At.UTC(), BusinessDate: c.Acting.On()}
	if err := tx.Raw("SELECT COALESCE(MAX(round), 0) + 1 FROM sheet WHERE project = ?", project).Scan(&s.Round).Error; err != nil {
		return s, fmt.Errorf("sheets of %s: %w", project, err)
	}
	for _, l := range lines {
		s.Declared, s.Reviewed, s.Cut = s.Declared.Add(l.Declared), s.Reviewed.Add(l.Reviewed), s.Cut.Add(l.Cut)
	}
	return s, nil
}

func createSheet(tx *gorm.DB, s *books.Sheet) error {
	if err := tx.Create(s).Error; err != nil {
		return fmt.Errorf("sheet of %s: %w", s.Project, err)
	}
	return nil
}

// planSheet stores a sheet with all its lines and returns its figures.
func planSheet(tx *gorm.DB, c Call, project, kind string, lines []books.SheetLine) (Result, Write, error) {
	if Point(c.Headers) == "" { // a check point holds B13 by the county's rules
		if err := keepProtected(tx, c, project, lines); err != nil {
			return nil, nil, err
		}
	}
	s, err := nextSheet(tx, c, project, kind, lines)
	if err != nil {
		return nil, nil, err
	}
	return figures(s), func() error {
		if err := createSheet(tx, &s); err != nil {
			return err
		}
		for i := range lines {
			lines[i].Project, lines[i].Round = project, s.Round
		}
		if err := tx.Create(&lines).Error; err != nil {
			return fmt.Errorf("sheet of %s: %w", project, err)
		}
		return nil
	}, nil
}

func figures(s books.Sheet) Result {
	rate := books.RateOf(s.Cut.Decimal(), s.Declared.Decimal()).Percent()
	return Result{"reviewedTotal": Number(s.Reviewed), "cutTotal": Number(s.Cut), "cutRate": jsonNumber(decimal.RequireFromString(rate))}
}

// replaced is the sheet as it stands with some lines replaced, in order.
func replaced(current map[int]books.SheetLine, changes map[int]books.SheetLine) []books.SheetLine {
	var out []books.SheetLine
	for no := 1; len(out) < len(current); no++ {
		l, ok := current[no]
		if !ok {
			continue
		}
		if change, ok := changes[no]; ok {
			l = change
		}
		out = append(out, l)
	}
	return out
}

var (
	halfPoint = decimal.New(5, -3)
	fourFifth = decimal.New(8, -1)
)

// flatCut holds rule B11: at least four fifths of the lines were cut by the
// same ratio, give or take half a percentage point.
func flatCut(lines []books.SheetLine) bool {
	var ratios []decimal.Decimal
	for _, l := range lines {
		if l.Declared.Sign() > 0 {
			ratios = append(ratios, l.Cut.Decimal().DivRound(l.Declared.Decimal(), 8))
		}
	}
	if len(ratios) < 2 {
		return false
	}
	for _, r := range ratios {
		same := int64(0)
		for _, q := range ratios {
			if q.Sub(r).Abs().LessThanOrEqual(halfPoint) {
				same++
			}
		}
		if r.IsPositive() && decimal.NewFromInt(same).GreaterThanOrEqual(fourFifth.Mul(decimal.NewFromInt(int64(len(ratios))))) {
			return true
		}
	}
	return false
}
