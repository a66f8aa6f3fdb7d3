package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/service"
)

// onDay is the day of a list: the parameter, or today.
func (c *call) onDay() (service.At, error) {
	at := service.At{On: models.Date(c.Query("on"))}
	if at.On == "" {
		at.On = models.DateOf(c.now)
	}
	var err error
	at.AsOf, err = c.asOf()
	return at, err
}

func (c *call) itemFilter() (service.Filter, error) {
	at, err := c.onDay()
	f := service.Filter{
		At: at, Unit: c.Query("unit"), Kind: c.Query("kind"), Query: c.Query("q"), Ended: c.Query("ended") == "true",
		Sort: c.Query("sort"), Cursor: c.Query("cursor"), Limit: c.limit(),
	}
	if text := c.Query("instant"); text != "" {
		yes := text == "true"
		f.Instant = &yes
	}
	return f, err
}

func listServiceItems(c *call) (any, error) {
	f, err := c.itemFilter()
	if err != nil {
		return nil, err
	}
	rows, next, err := service.Items(c.db(), f)
	if err != nil {
		return nil, err
	}
	items, err := c.serviceItems(rows)
	return wire.ServiceItemPage{Items: items, Next: next}, err
}

func (c *call) serviceItems(rows []service.Item) ([]wire.ServiceItem, error) {
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	var people []string
	for _, i := range rows {
		people = append(people, i.Actor)
	}
	if err := d.know(people...); err != nil {
		return nil, err
	}
	out := []wire.ServiceItem{}
	for _, i := range rows {
		out = append(out, wire.ServiceItem{
			Code: i.Code, Version: i.Version, Name: i.Name, Unit: i.Unit, UnitName: d.dept(i.Unit), Kind: i.Kind, LegalDays: i.LegalDays,
			PromisedDays: i.PromisedDays, Instant: i.Instant, Materials: names(i.Materials), Steps: names(i.Steps), Visits: i.Visits,
			GuideVersion: i.GuideVersion,
			GuideURL:     i.GuideURL, ValidFrom: i.ValidFrom, ValidTo: i.ValidTo, RecordedAt: i.RecordedAt.In(models.Zone),
			By: d.maybe(i.Actor, ""), Reason: i.Reason,
		})
	}
	return out, nil
}

func names(j models.JSON) []string { return append([]string{}, service.List(j)...) }

func getServiceItem(c *call) (any, error) { return c.serviceItem(c.Param("code")) }

func (c *call) serviceItem(code string) (any, error) {
	rows, err := service.History(c.db(), code)
	if err != nil {
		return nil, err
	}
	all, err := c.serviceItems(rows)
	if err != nil {
		return nil, err
	}
	out := all[0]
	out.History = all
	return out, nil
}

// mayKeep reports whether the person may write the items of a unit: the hall's
// and the bureau's people those of all, a coordinator those of his own.
func (c *call) mayKeep(unit string) bool {
	return slices.ContainsFunc(c.who.Posts, func(p office.Post) bool {
		return p.Role == "WALK_COORDINATOR" && p.DeptID == unit ||
			p.Role != "WALK_COORDINATOR" && slices.Contains(grants[serviceWrite], p.Role)
	})
}

func putServiceItem(c *call) (any, error) {
	var in wire.ServiceItemInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", strings.TrimSpace(in.Reason))
	if err != nil {
		return nil, err
	}
	if !c.mayKeep(in.Unit) {
		return nil, refuse(http.StatusForbidden, "not-your-department")
	}
	i := service.Item{
		Code: c.Param(
			"code",
		), Name: in.Name, Unit: in.Unit, Kind: in.Kind, LegalDays: in.LegalDays, PromisedDays: in.PromisedDays, Instant: in.Instant,
		Materials: models.JSONOf(
			append([]string{}, in.Materials...),
		), Steps: models.JSONOf(append([]string{}, in.Steps...)), Visits: in.Visits,
		GuideVersion: in.GuideVersion, GuideURL: in.GuideURL, ValidFrom: in.ValidFrom, ValidTo: in.ValidTo,
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if in.Version > 0 { // nobody takes another unit's item over
			now, err := service.Newest(tx, i.Code)
			if err != nil {
				return reply{}, err
			}
			if !c.mayKeep(now.Unit) {
				return reply{}, refuse(http.StatusForbidden, "not-your-department")
			}
		}
		if _, err := service.Save(tx, a, i, in.Version); err != nil {
			return reply{}, err
		}
		page, err := c.serviceItem(i.Code)
		return reply{Status: http.StatusOK, Body: page}, err
	})
}

// importServiceItems takes a sheet of items in; with ?preview=true nothing is written.
func importServiceItems(c *call) (any, error) {
	name, data, err := c.upload()
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	take := func(tx *gorm.DB) (wire.RegisterImport, error) {
		o, err := service.Import(tx, a, name, data, c.mayKeep)
		out := wire.RegisterImport{
			FileName: o.FileName, Digest: o.Digest, Rows: o.Rows, Added: o.Added, Changed: o.Changed, Same: o.Same, Refused: o.Refused,
			Rejected: []wire.RejectedCell{},
		}
		for _, r := range o.Rejected {
			out.Rejected = append(
				out.Rejected,
				wire.RejectedCell{Row: r.Row, Column: r.Column, Head: r.Head, Field: r.Field, Detail: c.textOf(r.Code, r.Args)},
			)
		}
		return out, err
	}
	if c.Query("preview") != "true" {
		return c.once(func(tx *gorm.DB) (reply, error) {
			out, err := take(tx)
			return reply{Status: http.StatusOK, Body: out}, err
		})
	}
	return c.preview(take)
}

func exportServiceItems(c *call) (any, error) {
	f, err := c.itemFilter()
	if err != nil {
		return nil, err
	}
	sheet, err := service.Export(c.db(), f)
	if err != nil {
		return nil, err
	}
	return c.download(sheet, "事项.xlsx")
}

func serviceFigures(c *call) (any, error) {
	at, err := c.onDay()
	if err != nil {
		return nil, err
	}
	told, err := commands.Checks.Telling(c.db(), at.On)
	if err != nil {
		return nil, err
	}
	all, err := service.Figures(c.db(), at, told)
	out := wire.Shares{On: string(at.On), Figures: []wire.Share{}}
	for _, f := range all {
		rows := "/api/v1/service-items?kind=" + url.QueryEscape(service.KindLicence) + "&on=" + string(at.On)
		if !at.AsOf.IsZero() {
			rows += "&asOf=" + url.QueryEscape(at.AsOf.Format(time.RFC3339))
		}
		out.Figures = append(
			out.Figures, wire.Share{ID: f.ID, Value: f.Value, Numerator: f.Numerator, Denominator: f.Denominator, Rows: rows},
		)
	}
	return out, err
}

func listCapabilities(c *call) (any, error) {
	all, err := service.Capabilities(c.db())
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	out := wire.CapabilityList{Items: []wire.CapabilityRow{}}
	for _, k := range all {
		w := wire.CapabilityRow{
			Code: k.Code, Name: k.Name, NameEn: k.NameEn, Status: k.Status, CommittedOn: string(k.CommittedOn), Owner: k.OwnerUnit,
			Interface: k.Interface, ReuseCount: k.ReuseCount,
		}
		if k.OwnerUnit != "" && err == nil {
			w.OwnerName = d.dept(k.OwnerUnit)
		}
		out.Items = append(out.Items, w)
	}
	return out, err
}

func putCapability(c *call) (any, error) {
	var in wire.CapabilityInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", strings.TrimSpace(in.Reason))
	if err != nil {
		return nil, err
	}
	if !c.mayKeep(in.Owner) {
		return nil, refuse(http.StatusForbidden, "not-your-department")
	}
	k := service.Capability{
		Code: c.Param("code"), Name: in.Name, NameEn: in.NameEn, Status: in.Status, CommittedOn: models.Date(in.CommittedOn),
		OwnerUnit: in.Owner, Interface: in.Interface,
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if err := service.SaveCapability(tx, a, k); err != nil {
			return reply{}, err
		}
		return reply{
			Status: http.StatusOK,
			Body: wire.CapabilityRow{
				Code: k.Code, Name: k.Name, NameEn: k.NameEn, Status: k.Status, CommittedOn: in.CommittedOn, Owner: in.Owner,
				Interface: in.Interface,
			},
		}, nil
	})
}
