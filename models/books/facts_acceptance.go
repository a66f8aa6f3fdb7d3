package books

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
)

// What the books know before and between the acceptances (domain/checks.md §3, D05–D09, F06).
var (
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Points: []string{"acceptance.prelim"}, Facts: []string{
		"deliverables", "tests", "issues", "milestonesOpen", "certificates", "cryptoRequired", "finalStage",
	}, Gather: prelimFacts})
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Points: []string{"acceptance.final"}, Facts: []string{
		"certificates", "cryptoRequired", "finalStage", "materials", "changed", "basisAmount", "startedOn", "agreedMonths", "incidents",
		"availability",
		"buildEnd", "appliedOn", "extendedTo", "produced", "catalogued",
	}, Gather: finalFacts})
)

// filesIn is how many documents a list has.
func filesIn(j models.JSON) (int, error) {
	var ids []string
	if len(j) > 0 {
		if err := j.Into(&ids); err != nil {
			return 0, fmt.Errorf("list of files: %w", err)
		}
	}
	return len(ids), nil
}

func prelimFacts(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	promised, err := Promised(tx, s.ID)
	if err != nil {
		return nil, err
	}
	requests, err := AcceptanceRequests(tx, s.ID)
	if err != nil {
		return nil, err
	}
	if len(requests) == 0 {
		promised = nil // a former release's case, see materialFiles
	}
	there, err := Deliverables(tx, s.ID)
	if err != nil {
		return nil, err
	}
	files := map[string]int{}
	for _, d := range there {
		if files[d.Name], err = filesIn(d.Documents); err != nil {
			return nil, err
		}
	}
	deliverables := []any{}
	for _, name := range promised {
		n, delivered := files[name]
		deliverables = append(deliverables, map[string]any{"name": name, "delivered": delivered, "files": n})
	}
	out := map[string]any{"deliverables": deliverables, "finalStage": false}
	if err := certificateFacts(tx, s.ID, out); err != nil {
		return nil, err
	}
	if out["issues"], err = issueRows(tx, s.ID); err != nil {
		return nil, err
	}
	ms, err := Milestones(tx, s.ID)
	if err != nil {
		return nil, err
	}
	open := []any{}
	for _, m := range ms {
		if m.PassedOn == "" {
			open = append(open, m.Name)
		}
	}
	out["milestonesOpen"] = open
	return factsOf(out)
}

// issueRows are the findings about a project.
func issueRows(tx *gorm.DB, project string) ([]any, error) {
	rows, err := ofProject[Rectification](tx, project, "no")
	if err != nil {
		return nil, err
	}
	out := []any{}
	for _, r := range rows {
		out = append(out, map[string]any{"no": r.No, "severity": r.Severity, "state": r.State})
	}
	return out, nil
}

// certificateFacts are the proofs, the newest test of a kind, and whether the cryptography must be
// assessed whatever the level. A paper of the check list with files stands for a
// proof of a time when there were no others.
func certificateFacts(tx *gorm.DB, project string, out map[string]any) error {
	p, err := FindProject(tx, project)
	if err != nil {
		return err
	}
	certs, err := Certificates(tx, project)
	if err != nil {
		return err
	}
	rows, tests := []any{}, []any{}
	for _, c := range certs {
		n, err := filesIn(c.Documents)
		if err != nil {
			return err
		}
		if c.Kind == CertTest {
			tests = []any{map[string]any{"kind": "第三方测试", "result": c.Result}} // a later one stands for those before it
			continue
		}
		if c.Result == "pass" {
			rows = append(
				rows, map[string]any{"kind": c.Kind, "level": json.Number(fmt.Sprint(c.Level)), "dated": string(c.Dated), "files": n},
			)
		}
	}
	materials, files, err := materialFiles(tx, project)
	if err != nil {
		return err
	}
	for i, m := range materials {
		for _, kind := range map[string][]string{"mlps": {CertFiling, CertAssessment}, "crypto": {CertCrypto}}[m.Code] {
			rows = append(
				rows,
				map[string]any{
					"kind": kind, "level": json.Number(fmt.Sprint(p.MlpsLevel)), "dated": string(models.DateOf(m.At)), "files": files[i],
				},
			)
		}
	}
	out["certificates"], out["tests"] = rows, tests
	out["cryptoRequired"] = false // an approval that asks for it has no field yet; the level does (D06.crypto)
	return nil
}

func finalFacts(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	out := map[string]any{"finalStage": true}
	for _, gather := range []func(*gorm.DB, string, map[string]any) error{certificateFacts, materialFacts, trialFacts, timeFacts,
		sharingFacts} {
		if err := gather(tx, s.ID, out); err != nil {
			return nil, err
		}
	}
	delete(out, "tests")
	return factsOf(out)
}

// materialFiles are the papers of the check list and how many files each has. In a
// case whose model is of a former release, where nobody asks for an acceptance, a
// paper counted when it was named; it has no task left in which files could be brought.
func materialFiles(tx *gorm.DB, project string) ([]Material, []int, error) {
	materials, err := Materials(tx, project)
	if err != nil {
		return nil, nil, err
	}
	requests, err := AcceptanceRequests(tx, project)
	if err != nil {
		return nil, nil, err
	}
	files := make([]int, len(materials))
	for i, m := range materials {
		if files[i], err = filesIn(m.Documents); err != nil {
			return nil, nil, err
		}
		if len(requests) == 0 {
			files[i] = max(files[i], 1)
		}
	}
	return materials, files, nil
}

// proofOf is which paper of the check list a certificate is.
var proofOf = map[string]string{CertAssessment: "mlps", CertCrypto: "crypto", CertTest: "test"}

// materialFacts are the papers with how many files each has, and what the contracts come to.
func materialFacts(tx *gorm.DB, project string, out map[string]any) error {
	materials, files, err := materialFiles(tx, project)
	if err != nil {
		return err
	}
	rows := []any{}
	for i, m := range materials {
		rows = append(rows, map[string]any{"code": m.Code, "files": files[i]})
	}
	certs, err := Certificates(tx, project)
	if err != nil {
		return err
	}
	for _, c := range certs {
		n, err := filesIn(c.Documents)
		if err != nil {
			return err
		}
		if code := proofOf[c.Kind]; code != "" && c.Result == "pass" {
			rows = append(rows, map[string]any{"code": code, "files": n})
		}
	}
	out["materials"] = rows
	contracts, err := Contracts(tx, project)
	if err != nil {
		return err
	}
	var sum models.Money
	changed := false
	for _, k := range contracts {
		if k.State != ContractSigned || k.EndedOn != "" {
			continue
		}
		sum = sum.Add(k.Amount)
		changes, err := ContractChanges(tx, k.ContractNo)
		if err != nil {
			return err
		}
		changed = changed || len(changes) > 0
	}
	out["basisAmount"], out["changed"] = amountOf(sum), changed
	return nil
}

// trialFacts: without a run of its own, that of a former release began with the preliminary acceptance.
func trialFacts(tx *gorm.DB, project string, out map[string]any) error {
	t, ok, err := Trial(tx, project)
	if err != nil {
		return err
	}
	incidents := []any{}
	if ok {
		rows, err := Incidents(tx, project)
		if err != nil {
			return err
		}
		for _, i := range rows {
			incidents = append(incidents, map[string]any{"severity": i.Severity, "endedOn": string(i.EndedOn)})
		}
		out["startedOn"], out["agreedMonths"] = string(t.StartedOn), t.Months
		if t.Availability != nil {
			out["availability"] = json.Number(t.Availability.String())
		}
	}
	out["incidents"] = incidents
	return nil
}

// timeFacts: construction ends with the last milestone.
func timeFacts(tx *gorm.DB, project string, out map[string]any) error {
	ms, err := Milestones(tx, project)
	if err != nil {
		return err
	}
	var end models.Date
	for _, m := range ms {
		end = max(end, m.PassedOn)
	}
	if k, ok, err := SignedContract(tx, project); err != nil {
		return err
	} else if ok && end == "" {
		end = k.Ends
	}
	if end != "" {
		out["buildEnd"] = string(end)
	}
	requests, err := AcceptanceRequests(tx, project)
	if err != nil {
		return err
	}
	applied := []any{}
	for _, r := range requests {
		if r.Kind == Final {
			applied = append(applied, string(r.AppliedOn))
		}
	}
	extensions, err := Extensions(tx, project)
	if err != nil {
		return err
	}
	extended := []any{}
	for _, e := range extensions {
		if e.GrantedOn != "" {
			extended = append(extended, string(e.ExtendedTo))
		}
	}
	out["appliedOn"], out["extendedTo"] = applied, extended
	return nil
}

// Produced are the data resources that the application promises.
func Produced(tx *gorm.DB, project string) ([]string, error) {
	p, err := FindProject(tx, project)
	if err != nil {
		return nil, err
	}
	var form struct {
		DataProduced []struct {
			Name string `json:"name"`
		} `json:"dataProduced"`
	}
	if len(p.Form) > 0 {
		if err := p.Form.Into(&form); err != nil {
			return nil, fmt.Errorf("form of %s: %w", p.Code, err)
		}
	}
	var out []string
	for _, d := range form.DataProduced {
		out = append(out, d.Name)
	}
	return out, nil
}

func sharingFacts(tx *gorm.DB, project string, out map[string]any) error {
	names, err := Produced(tx, project)
	if err != nil {
		return err
	}
	entries, err := Catalogued(tx, project)
	if err != nil {
		return err
	}
	produced, catalogued := []any{}, []any{}
	for _, n := range names {
		produced = append(produced, n)
	}
	for _, e := range entries {
		catalogued = append(catalogued, e.Resource)
	}
	out["produced"], out["catalogued"] = produced, catalogued
	return nil
}
