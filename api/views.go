package api

import (
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
)

// savedView is a group of filters that a person keeps.
type savedView struct {
	ID      int64 `gorm:"primaryKey"`
	Person  string
	Page    string
	Name    string
	Query   string
	SavedAt time.Time
}

// TableName of the entity.
func (savedView) TableName() string { return "saved_view" }

// mostViews is how many a person keeps of one list.
const mostViews = 30

func listViews(c *call) (any, error) {
	var rows []savedView
	q := c.db().Where("person = ?", c.who.Person.ID).Order("page, name")
	if page := c.Query("page"); page != "" {
		q = q.Where("page = ?", page)
	}
	if err := q.Find(&rows).Error; err != nil {
		return nil, err
	}
	out := wire.SavedViews{Items: []wire.SavedView{}}
	for _, v := range rows {
		out.Items = append(out.Items, v.wire())
	}
	return out, nil
}

func (v savedView) wire() wire.SavedView {
	return wire.SavedView{ID: strconv.FormatInt(v.ID, 10), Page: v.Page, Name: v.Name, Query: v.Query, SavedAt: v.SavedAt.In(models.Zone)}
}

// saveView keeps the filters of a list under a name. It is the person's own, like a draft: nothing to audit.
func saveView(c *call) (any, error) {
	var in wire.SavedViewInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	in.Name = strings.TrimSpace(in.Name)
	if in.Name == "" {
		return nil, invalid().field("/name", "field.required")
	}
	v := savedView{Person: c.who.Person.ID, Page: in.Page, Name: in.Name, Query: in.Query, SavedAt: c.now.UTC()}
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		var n int64
		if err := tx.Model(&savedView{}).Where("person = ? AND page = ? AND name <> ?", v.Person, v.Page,
			v.Name).Count(&n).Error; err != nil {
			return err
		}
		if n >= mostViews {
			return models.Refuse("too-many-views", "limit", strconv.Itoa(mostViews))
		}
		if err := tx.Where("person = ? AND page = ? AND name = ?", v.Person, v.Page, v.Name).Delete(&savedView{}).Error; err != nil {
			return err
		}
		return tx.Create(&v).Error
	})
	if err != nil {
		return nil, err
	}
	return reply{Status: 201, Body: v.wire()}, nil
}

func dropView(c *call) (any, error) {
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		done := tx.Where("id = ? AND person = ?", id, c.who.Person.ID).Delete(&savedView{})
		if done.Error == nil && done.RowsAffected == 0 {
			return notFound()
		}
		return done.Error
	})
	return reply{Status: 204}, err
}
