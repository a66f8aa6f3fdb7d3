package api

import (
	"net/http"
	"slices"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
)

// listRectificationDocuments are the files of a finding, inside a project or not, newest first.
func listRectificationDocuments(c *call) (any, error) {
	r, err := c.seen(c.Param("no"))
	if err != nil {
		return nil, err
	}
	out, err := c.evidence(r)
	return wire.Documents{Items: out}, err
}

func (c *call) evidence(r books.Rectification) ([]wire.Document, error) {
	all, err := papers.OfRectification(c.db(), r.No)
	if err != nil {
		return nil, err
	}
	return c.documentsOf(all)
}

// uploadRectificationDocument files something for a finding until it is closed.
func uploadRectificationDocument(c *call) (any, error) {
	r, err := c.seen(c.Param("no"))
	if err != nil {
		return nil, err
	}
	if slices.Contains([]string{books.RectClosed, books.RectInvalid}, r.State) {
		return nil, refuse(http.StatusConflict, "rectification-closed")
	}
	about := papers.Document{Project: string(r.Project), Rectification: r.No}
	return c.addDocument(about, models.Notice{Kind: "rectification", Key: r.No, Project: string(r.Project), Dept: r.OwnerDept})
}

func downloadRectificationDocument(c *call) (any, error) {
	r, err := c.seen(c.Param("no"))
	if err != nil {
		return nil, err
	}
	return c.sendDocument(c.db().Where("rectification = ?", r.No))
}
