package commands

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/rules"
)

var _ = foretold(map[string]Plan{
	"acceptance.request":   acceptanceRequest,
	"acceptance.evidence":  acceptanceEvidence,
	"acceptance.readiness": acceptanceReadiness,
	"acceptance.catalogue": acceptanceCatalogue,
	"acceptance.archive":   acceptanceArchive,
	"acceptance.apply":     acceptanceApply,
})

// points of the acceptances by kind.
var acceptancePoints = map[string]string{books.Prelim: "acceptance.prelim", books.Final: "acceptance.final"}

// acceptanceReadiness asks the rules what stands between a project and its
// acceptance: what they refuse at its point, in their own words.
func acceptanceReadiness(tx *gorm.DB, c Call) (Result, Write, error) {
	if err := c.decidable(); err != nil {
		return nil, nil, err
	}
	s, err := ProjectSubject(tx, c.text("projectCode"), c.Root)
	if err != nil {
		return nil, nil, err
	}
	rep, _, err := Checks.Look(tx, c.Acting, acceptancePoints[c.Headers["kind"]], s)
	if err != nil {
		return nil, nil, err
	}
	var reasons []string
	for _, o := range obstacles(rep) {
		reasons = append(reasons, o.Rule+" "+o.Why.ZH)
	}
	return Result{"readiness": map[string]any{"ready": len(reasons) == 0, "reason": strings.Join(reasons, "；")}}, nil, nil
}

// obstacles are what would refuse an act at a point.
func obstacles(rep rules.Report) (out []Obstacle) {
	for _, res := range rep.Results {
		r := rep.Edition.Checks().Rules[res.Rule]
		if r == nil || !r.Hard || r.Clock || r.Kind != rules.KindCheck || len(res.Unwired) > 0 {
			continue
		}
		found := res.Findings
		if f := res.Unknown(); f != nil {
			found = append(found, *f)
		}
		for _, f := range found {
			out = append(out, Obstacle{res.Rule, f.Detail, rep.Satisfy(res.Rule, f)})
		}
	}
	return out
}

// handedIn is what the tasks before an acceptance bring together.
type handedIn struct {
	Deliverables []struct {
		Name     string    `json:"name"`
		Document documents `json:"document"`
	} `json:"deliverables"`
	Certificates []struct {
		Kind     string    `json:"kind"`
		CertNo   string    `json:"certNo"`
		Level    amount    `json:"level"`
		Dated    string    `json:"dated"`
		Org      string    `json:"org"`
		Result   string    `json:"result"`
		Document documents `json:"document"`
	} `json:"certificates"`
	Materials []struct {
		Code     string    `json:"code"`
		Document documents `json:"document"`
	} `json:"materials"`
	Comment string `json:"comment"`
}

// evidence are the rows that it makes.
type evidence struct {
	deliverables []books.Deliverable
	certificates []books.Certificate
	materials    []books.Material
}

// foreign are papers of the check list that others issue: who handles the case does not bring them.
var foreign = map[string]string{"sharing": "数据目录登记与共享核验", "archive": "档案预验收"}

// check reads what was handed in.
func (in handedIn) check(tx *gorm.DB, c Call, f faults) (e evidence, err error) {
	project := c.text("projectCode")
	promised, err := books.Promised(tx, project)
	if err != nil {
		return e, err
	}
	for i, d := range in.Deliverables {
		name := f.text(at("deliverables", i, "name"), d.Name)
		if name != "" && !slices.Contains(promised, name) {
			f.Field(at("deliverables", i, "name"), "not-promised", "name", name, "promised", strings.Join(promised, "、"))
		}
		if err := f.proofs(tx, at("deliverables", i, "document"), project, d.Document); err != nil {
			return e, err
		}
		e.deliverables = append(
			e.deliverables,
			books.Deliverable{
				Project: project, Name: name, Documents: models.JSONOf(d.Document), Actor: c.Acting.Person, At: c.Acting.At.UTC(),
			},
		)
	}
	if err := in.checkCertificates(tx, c, f, &e); err != nil {
		return e, err
	}
	for i, m := range in.Materials {
		if by := foreign[m.Code]; by != "" {
			f.Field(at("materials", i, "code"), "issued-by-another", "task", by)
			continue
		}
		f.oneOf(at("materials", i, "code"), m.Code, materialCodes...)
		if err := f.proofs(tx, at("materials", i, "document"), project, m.Document); err != nil {
			return e, err
		}
		e.materials = append(
			e.materials,
			books.Material{
				Project: project, Code: m.Code, Documents: models.JSONOf(m.Document), Actor: c.Acting.Person, At: c.Acting.At.UTC(),
			},
		)
	}
	return e, nil
}

// checkCertificates: a proof is dated, of somebody who does not build or supervise the project, and has its file.
func (in handedIn) checkCertificates(tx *gorm.DB, c Call, f faults, e *evidence) error {
	project := c.text("projectCode")
	parties, err := boundTo(tx, c.Root, project)
	if err != nil {
		return err
	}
	var no int
	if err := tx.Raw("SELECT COALESCE(MAX(no), 0) FROM certificate WHERE project = ?", project).Scan(&no).Error; err != nil {
		return fmt.Errorf("certificates of %s: %w", project, err)
	}
	for i, k := range in.Certificates {
		f.oneOf(at("certificates", i, "kind"), k.Kind, books.CertFiling, books.CertAssessment, books.CertCrypto, books.CertTest)
		f.oneOf(at("certificates", i, "result"), k.Result, "pass", "fail")
		level := 0
		if k.Level != "" {
			level = int(f.number(at("certificates", i, "level"), k.Level, 0, 5).IntPart())
		}
		dated := f.date(at("certificates", i, "dated"), k.Dated)
		if dated > models.DateOf(c.Acting.At) {
			f.Field(at("certificates", i, "dated"), "date-in-future")
		}
		org := f.text(at("certificates", i, "org"), k.Org)
		if parties.has(org, "") {
			f.Field(at("certificates", i, "org"), "tester-not-independent", "org", org)
		}
		if err := f.proofs(tx, at("certificates", i, "document"), project, k.Document); err != nil {
			return err
		}
		e.certificates = append(e.certificates, books.Certificate{
			Project: project, No: no + i + 1, Kind: k.Kind, CertNo: strings.TrimSpace(k.CertNo), Level: level, Dated: dated, Org: org,
			Result:    k.Result,
			Documents: models.JSONOf(k.Document), Actor: c.Acting.Person, At: c.Acting.At.UTC(),
		})
	}
	return nil
}

func (e evidence) save(tx *gorm.DB, c Call) error {
	for _, d := range e.deliverables {
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&d).Error; err != nil {
			return fmt.Errorf("deliverable %s: %w", d.Name, err)
		}
	}
	for _, k := range e.certificates {
		if err := tx.Create(&k).Error; err != nil {
			return fmt.Errorf("certificate %s: %w", k.Kind, err)
		}
	}
	for _, m := range e.materials {
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&m).Error; err != nil {
			return fmt.Errorf("paper %s: %w", m.Code, err)
		}
	}
	return c.record(tx, c.text("projectCode"))
}

// acceptanceRequest is the supplier's: what was promised is delivered, and he asks for the preliminary acceptance.
func acceptanceRequest(tx *gorm.DB, c Call) (Result, Write, error) {
	var in handedIn
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	f := check()
	e, err := in.check(tx, c, f)
	if err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"requested": true}, func() error {
		if err := c.ask(tx, books.Prelim, in.Comment, nil); err != nil {
			return err
		}
		return e.save(tx, c)
	}, nil
}

// ask keeps that somebody asks for an acceptance.
func (c Call) ask(tx *gorm.DB, kind, comment string, files documents) error {
	r := books.AcceptanceRequest{
		Project: c.text(
			"projectCode",
		), Kind: kind, AppliedOn: c.Acting.On(), Comment: strings.TrimSpace(comment), Documents: models.JSONOf(files),
		Actor: c.Acting.Person, At: c.Acting.At.UTC(),
	}
	if err := tx.Raw("SELECT COUNT(*) + 1 FROM acceptance_request WHERE project = ? AND kind = ?", r.Project,
		kind).Scan(&r.Round).Error; err != nil {
		return fmt.Errorf("requests of %s: %w", r.Project, err)
	}
	if err := tx.Create(&r).Error; err != nil {
		return fmt.Errorf("request of %s: %w", r.Project, err)
	}
	return nil
}

// acceptanceEvidence takes deliverables, certificates and papers, each with its files.
// The header "must" names the list that may not be empty.
func acceptanceEvidence(tx *gorm.DB, c Call) (Result, Write, error) {
	var in handedIn
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	f := check()
	e, err := in.check(tx, c, f)
	if err != nil {
		return nil, nil, err
	}
	if must := c.Headers["must"]; must != "" &&
		map[string]int{"certificates": len(in.Certificates), "materials": len(in.Materials)}[must] == 0 {
		f.Field("/"+must, "required")
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"prepared": true}, func() error { return e.save(tx, c) }, nil
}

// acceptanceCatalogue is the bureau's: which data resources stand in the catalogue, and whether the share was tried (F06).
func acceptanceCatalogue(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Entries []struct {
			Resource string `json:"resource"`
			Code     string `json:"code"`
			Shared   string `json:"shared"`
		} `json:"entries"`
		Document documents `json:"document"`
		Comment  string    `json:"comment"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	f, rows := check(), []books.CatalogueEntry(nil)
	for i, e := range in.Entries {
		f.oneOf(at("entries", i, "shared"), e.Shared, "yes", "no")
		rows = append(rows, books.CatalogueEntry{
			Project: project, Resource: f.text(at("entries", i, "resource"), e.Resource), Code: f.text(at("entries", i, "code"), e.Code),
			Shared: e.Shared == "yes",
			Actor:  c.Acting.Person, At: c.Acting.At.UTC(),
		})
	}
	if err := f.proofs(tx, "/document", project, in.Document); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"catalogued": true}, func() error {
		for _, r := range rows {
			if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&r).Error; err != nil {
				return fmt.Errorf("catalogue of %s: %w", project, err)
			}
		}
		return c.issued(tx, "sharing", in.Document)
	}, nil
}

// issued keeps a paper of the check list that this task gives out.
func (c Call) issued(tx *gorm.DB, code string, files documents) error {
	e := evidence{
		materials: []books.Material{
			{Project: c.text("projectCode"), Code: code, Documents: models.JSONOf(files), Actor: c.Acting.Person, At: c.Acting.At.UTC()},
		},
	}
	return e.save(tx, c)
}

// acceptanceArchive is the archivist's opinion on the records before the final acceptance; without it there is none.
func acceptanceArchive(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Conclusion string    `json:"conclusion"`
		Comment    string    `json:"comment"`
		Document   documents `json:"document"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	f, passed := check(), in.Conclusion == "pass"
	f.oneOf("/conclusion", in.Conclusion, "pass", "fail")
	if !passed {
		f.reason("/comment", in.Comment)
	}
	read := f.files
	if passed {
		read = f.proofs
	}
	if err := read(tx, "/document", c.text("projectCode"), in.Document); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"archivePassed": passed, "archiveComment": strings.TrimSpace(in.Comment)}, func() error {
		if !passed {
			return c.record(tx, c.text("projectCode"))
		}
		return c.issued(tx, "archive", in.Document)
	}, nil
}

// acceptanceApply asks for the final acceptance.
func acceptanceApply(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Comment  string    `json:"comment"`
		Document documents `json:"document"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	f := check()
	if err := f.files(tx, "/document", c.text("projectCode"), in.Document); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"finalApplied": true}, func() error { return c.ask(tx, books.Final, in.Comment, in.Document) }, nil
}

// Obstacle is what would refuse an acceptance, and what makes it go away.
type Obstacle struct {
	Rule     string
	Why, Way rules.Sentence
}

// Obstacles are what stands between a project and an acceptance of a kind, as it is now.
func Obstacles(tx *gorm.DB, a models.Acting, kind, project string) ([]Obstacle, error) {
	s, err := ProjectSubject(tx, project, 0)
	if err != nil {
		return nil, err
	}
	rep, _, err := Checks.Look(tx, a, acceptancePoints[kind], s)
	if err != nil {
		return nil, err
	}
	return obstacles(rep), nil
}
