package api

import (
	"slices"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/partner/facts"
	"github.com/quancheng/quancheng/models/service"
	"github.com/quancheng/quancheng/texts"
)

func getReference(c *call) (any, error) {
	r := wire.Reference{
		ProjectTypes: codes("projectType.", models.ProjectTypes), LineCategories: codes("lineCategory.", models.LineCategories),
		CutReasons: codes("cutReason.", models.CutReasons), DocumentKinds: codes("documentKind.", models.DocumentKinds),
		RootCauses: codes("rootCause.", models.RootCauses), FundSources: codes("fundSource.", models.FundSources),
		Stages: codes("stage.", stageCodes()), EventTypes: codes("event.", eventTypes()),
		Departments: []wire.Department{}, Capabilities: []wire.Capability{},
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	var depts []office.Dept
	if err := c.db().Order("id").Find(&depts).Error; err != nil {
		return nil, err
	}
	for _, dept := range depts {
		r.Departments = append(r.Departments, wire.Department{ID: dept.ID, Name: d.dept(dept.ID)})
	}
	var capabilities []service.Capability
	if err := c.db().Order("code").Find(&capabilities).Error; err != nil {
		return nil, err
	}
	for _, k := range capabilities {
		name := k.Name
		if c.lang == texts.English && k.NameEn != "" {
			name = k.NameEn
		}
		r.Capabilities = append(
			r.Capabilities, wire.Capability{Code: k.Code, Name: name, Status: k.Status, CommittedDate: string(k.CommittedOn)},
		)
	}
	return r, nil
}

// eventTypes are those that may be registered by hand, by partner.
func eventTypes() []string {
	all := facts.Types()
	slices.Sort(all)
	return all
}

func stageCodes() []string {
	var out []string
	for _, s := range books.AllStages {
		out = append(out, string(s))
	}
	return out
}

func codes(prefix string, keys []string) []wire.Code {
	out := []wire.Code{}
	for _, k := range keys {
		out = append(
			out, wire.Code{Code: k, Name: texts.Text(texts.Chinese, prefix+k, nil), NameEn: texts.Text(texts.English, prefix+k, nil)},
		)
	}
	return out
}
