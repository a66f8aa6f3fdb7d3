package api

import (
	"fmt"
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
)

func listInspections(c *call) (any, error) {
	rows, err := books.Inspections(c.db(), "")
	if err != nil {
		return nil, err
	}
	out := wire.InspectionList{MayDraw: c.who.may(inspectionBegin)}
	out.Items, err = c.inspections(c.db(), rows)
	return out, err
}

// drawInspections draws projects and inspectors by chance, and begins the spot checks.
func drawInspections(c *call) (any, error) {
	var in wire.InspectionInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		_, rows, err := commands.DrawInspections(tx, a, in.Size, in.Reason)
		if err != nil {
			return reply{}, err
		}
		out := wire.InspectionList{MayDraw: true}
		out.Items, err = c.inspections(tx, rows)
		return reply{Status: http.StatusCreated, Body: out}, err
	})
}

// inspections as people read them.
func (c *call) inspections(tx *gorm.DB, rows []books.Inspection) ([]wire.Inspection, error) {
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := []wire.Inspection{}
	for _, k := range rows {
		w := wire.Inspection{
			No: k.No, DrawNo: k.DrawNo, Project: k.Project, OpenedOn: string(k.OpenedOn), ClosedOn: string(k.ClosedOn), Result: k.Result,
			Inspectors: []wire.PersonRef{}, Visits: []wire.Visit{},
		}
		p, err := books.FindProject(tx, k.Project)
		if err != nil {
			return nil, err
		}
		w.ProjectName = p.Name
		var persons []string
		if err := k.Inspectors.Into(&persons); err != nil {
			return nil, fmt.Errorf("inspectors of %s: %w", k.No, err)
		}
		if err := d.know(persons...); err != nil {
			return nil, err
		}
		for _, id := range persons {
			w.Inspectors = append(w.Inspectors, d.ref(id, ""))
		}
		if w.Visits, err = visitsOf(tx, d, k.No); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

func visitsOf(tx *gorm.DB, d *directory, no string) ([]wire.Visit, error) {
	rows, err := books.Visits(tx, no)
	if err != nil {
		return nil, err
	}
	out := []wire.Visit{}
	for _, v := range rows {
		if err := d.know(v.Person); err != nil {
			return nil, err
		}
		w := wire.Visit{
			By: d.ref(v.Person, ""), On: string(v.HeldOn), Place: v.Place, Result: v.Result, Issues: []string{}, Comment: v.Comment,
		}
		var issues []books.InspectionIssue
		if err := v.Issues.Into(&issues); err != nil {
			return nil, fmt.Errorf("findings of %s: %w", no, err)
		}
		for _, it := range issues {
			w.Issues = append(w.Issues, it.Title)
		}
		out = append(out, w)
	}
	return out, nil
}

// fileRefs names the files of a list of ids.
func fileRefs(tx *gorm.DB, list models.JSON) ([]wire.FileRef, error) {
	out := []wire.FileRef{}
	var ids []string
	if len(list) > 0 {
		if err := list.Into(&ids); err != nil {
			return nil, fmt.Errorf("list of files: %w", err)
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	if err := tx.Table("document").Select("id, title").Where("id IN ?", ids).Order("id").Scan(&out).Error; err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return out, nil
}
