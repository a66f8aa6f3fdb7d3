package commands

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

// bound are the organisations that are bound to a project's contracts: who builds,
// who supervises, members of consortia, and whoever else has a part in the case.
type bound struct {
	names []string        // as contracts and the directory call them, former names too
	codes map[string]bool // 统一社会信用代码
	units []string        // of the directory
}

// boundRoles are the parts in a case that contracts give.
var boundRoles = []string{process.PartySupplier, process.PartySupervisor, "tester", "agency"}

func boundTo(tx *gorm.DB, root int64, project string) (bound, error) {
	b := bound{codes: map[string]bool{}}
	contracts, err := books.Contracts(tx, project)
	if err != nil {
		return b, err
	}
	for _, k := range contracts {
		b.add(k.Supplier, k.Uscc)
		b.units = append(b.units, k.SupplierOrg, k.SupervisorOrg)
		var members []books.Company
		if len(k.Members) > 0 {
			if err := k.Members.Into(&members); err != nil {
				return b, fmt.Errorf("consortium of %s: %w", k.ContractNo, err)
			}
		}
		for _, m := range members {
			b.add(m.Name, m.Uscc)
		}
	}
	var parties []string
	if err := tx.Model(&process.CaseParty{}).Where("root = ? AND role IN ? AND unit <> ''", root, boundRoles).Pluck("unit",
		&parties).Error; err != nil {
		return b, fmt.Errorf("parties of case %d: %w", root, err)
	}
	b.units = slices.DeleteFunc(append(b.units, parties...), func(u string) bool { return u == "" })
	var known []struct{ Name, Uscc string }
	err = tx.Raw("SELECT name, uscc FROM dept WHERE id IN ? UNION SELECT name, '' FROM unit_name WHERE unit IN ?", append(b.units, ""),
		append(b.units, "")).
		Scan(&known).
		Error
	if err != nil {
		return b, fmt.Errorf("organisations of %s: %w", project, err)
	}
	for _, u := range known {
		b.add(u.Name, u.Uscc)
	}
	return b, nil
}

func (b *bound) add(name, uscc string) {
	if name = firm(name); name != "" && !slices.Contains(b.names, name) {
		b.names = append(b.names, name)
	}
	if uscc != "" {
		b.codes[uscc] = true
	}
}

// has reports whether an organisation, by its name or code, is one of them or a branch of one.
func (b bound) has(name, uscc string) bool {
	if b.codes[strings.ToUpper(strings.TrimSpace(uscc))] {
		return true
	}
	name = firm(name)
	return slices.ContainsFunc(b.names, func(n string) bool { return name == n || strings.Contains(name, n) || stem(name) == stem(n) })
}

// firm normalises a name: one width, one kind of bracket, no blanks.
func firm(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～': // the full-width twins of ASCII
			return r - ('！' - '!')
		case r == ' ', r == '\t', r == '\n', r == '\u3000':
			return -1
		}
		return r
	}, name)
}

// forms of companies, which people leave out.
var forms = []string{"有限责任公司", "股份有限公司", "有限公司", "公司"}

func stem(name string) string {
	for _, f := range forms {
		if s, ok := strings.CutSuffix(name, f); ok && s != "" {
			return s
		}
	}
	return name
}

// member of an acceptance group.
type member struct {
	Name   string `json:"name"`
	Org    string `json:"org"`
	Duty   string `json:"duty"`
	Person string `json:"person"` // of the directory, where the name does not tell
}

// independent holds that nobody of an acceptance group belongs to an organisation
// bound to the contract, or worked for one within the years of rule B03.
func (f faults) independent(tx *gorm.DB, c Call, project string, group []member) error {
	b, err := boundTo(tx, c.Root, project)
	if err != nil {
		return err
	}
	years, err := c.intParam("B03", "years")
	if err != nil {
		return err
	}
	for i, m := range group {
		if b.has(m.Org, "") {
			f.Field(at("group", i, "org"), "group-not-independent", "names", m.Name, "org", m.Org)
			continue
		}
		org, err := b.employed(tx, m, c.Acting.On(), years)
		if err != nil {
			return err
		}
		if org != "" {
			f.Field(at("group", i, "name"), "group-lately-employed", "names", m.Name, "org", org, "years", fmt.Sprint(years))
		}
	}
	return nil
}

// employed is for which of the organisations a person works or worked in the last
// years, "" for none; who has the same name counts, unless the member says who he is.
func (b bound) employed(tx *gorm.DB, m member, on models.Date, years int) (string, error) {
	var ids []string
	q := tx.Table("person").Where("name = ?", strings.TrimSpace(m.Name))
	if m.Person != "" {
		q = tx.Table("person").Where("id = ? AND name = ?", m.Person, strings.TrimSpace(m.Name))
	}
	if err := q.Pluck("id", &ids).Error; err != nil || len(ids) == 0 {
		return "", err
	}
	since := on.Start().AddDate(-years, 0, 0)
	var units []string
	err := tx.Raw(`SELECT d.name FROM dept d WHERE d.id IN ? AND d.id IN (
			SELECT dept_id FROM post WHERE person_id IN ? AND (valid_to IS NULL OR valid_to > ?)
			UNION SELECT employer_unit FROM person WHERE id IN ?) ORDER BY d.id`, append(b.units, ""), ids, since.UTC(), ids).Scan(&units).Error
	if err != nil {
		return "", fmt.Errorf("posts of %s: %w", m.Name, err)
	}
	if len(units) > 0 {
		return units[0], nil
	}
	var ties []struct{ OrgName, Uscc string }
	err = tx.Raw("SELECT org_name, uscc FROM expert_employer WHERE person IN ? AND (to_year IS NULL OR to_year >= ?) ORDER BY org_name",
		ids, since.Year()).
		Scan(&ties).
		Error
	if err != nil {
		return "", fmt.Errorf("employers of %s: %w", m.Name, err)
	}
	for _, t := range ties {
		if b.has(t.OrgName, t.Uscc) {
			return t.OrgName, nil
		}
	}
	return "", nil
}
