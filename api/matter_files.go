package api

import (
	"errors"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/forms"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/process"
)

// uploadFile files something for a matter that has not begun: nobody else sees it until it has.
func uploadFile(c *call) (any, error) {
	return c.addDocument(papers.Document{Loose: true}, models.Notice{})
}

// uploadMatterFile files something with a matter outside projects; who has a part in it may, while it is open.
func uploadMatterFile(c *call) (any, error) {
	root, err := c.caseRoot()
	if err != nil {
		return nil, err
	}
	finding, err := c.isRectification(root)
	if err != nil {
		return nil, err
	}
	if root.Project != "" || finding {
		return nil, models.Refuse("file-with-the-project")
	}
	has, err := process.HasPart(c.db(), root.Key, c.who.Person.ID, c.who.postIDs())
	switch {
	case err != nil:
		return nil, err
	case !has:
		return nil, refuse(403, "forbidden")
	case !root.Open:
		return nil, refuse(409, "case-ended")
	}
	return c.addDocument(papers.Document{Matter: root.Key}, models.Notice{Kind: "task", Key: keyText(root.Key), Dept: root.Dept})
}

// listOwnFiles are the files that the person has brought for matters that have not begun.
func listOwnFiles(c *call) (any, error) {
	all, err := papers.LooseOf(c.db(), c.who.Person.ID)
	if err != nil {
		return nil, err
	}
	out, err := c.documentsOf(all)
	return wire.Documents{Items: out}, err
}

// takeFiles gives a new draft that is filled in from an earlier matter copies of that matter's files: the new matter's
// people will read them, and see nothing else of the earlier one. What the person cannot read is not copied.
func (c *call) takeFiles(tx *gorm.DB, s startable, data map[string]any) error {
	form := s.bundle.Forms[s.bundle.StartForm(s.Process)]
	if form == nil {
		return nil
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return err
	}
	return form.EachFile(data, func(_, id string) (string, error) {
		var doc papers.Document
		err := tx.Where("id = ? AND matter <> 0 AND digest <> ''", id).Take(&doc).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return id, nil
		}
		if err == nil {
			err = c.seesLooseFile(doc)
		}
		var p *problem
		if errors.As(err, &p) {
			return id, nil
		}
		if err != nil {
			return id, err
		}
		copied := papers.Document{
			Loose: true, Kind: doc.Kind, Title: doc.Title, FileName: doc.FileName, MediaType: doc.MediaType, Size: doc.Size, Digest: doc.Digest,
		}
		if err := c.roomFor(tx, copied, doc.Size); err != nil {
			return id, err
		}
		if err := papers.AddDocument(tx, a, &copied); err != nil {
			return id, err
		}
		return copied.ID, audit.Audit(tx, "r:documents", a, audit.AuditEntry{
			Action: "document.add", Subject: "document:" + copied.ID, Digest: copied.Digest,
			Detail: models.JSONOf(map[string]any{"title": copied.Title, "kind": copied.Kind, "size": copied.Size, "copyOf": doc.ID}),
		})
	})
}

// listMatterFiles are the files of a matter outside projects.
func listMatterFiles(c *call) (any, error) {
	root, err := c.caseRoot()
	if err != nil {
		return nil, err
	}
	out, err := c.matterFiles(root.Key)
	return wire.Documents{Items: out}, err
}

func (c *call) matterFiles(root int64) ([]wire.Document, error) {
	all, err := papers.OfMatter(c.db(), root)
	if err != nil {
		return nil, err
	}
	return c.documentsOf(all)
}

// seesLooseFile refuses who sees neither the matter of a file nor has brought it himself.
func (c *call) seesLooseFile(doc papers.Document) error {
	if doc.Loose {
		if doc.CreatedBy == c.who.Person.ID {
			return nil
		}
		return notFound()
	}
	if shown, err := c.confirmsPaper(doc); err != nil || shown {
		return err
	}
	root, err := process.RootByKey(c.db(), doc.Matter)
	if errors.Is(err, process.ErrNotFound) {
		return notFound()
	}
	if err != nil {
		return err
	}
	return c.seesCase(root)
}

// downloadFile sends a file of a matter, or one that the person has brought for one.
func downloadFile(c *call) (any, error) {
	var doc papers.Document
	err := c.db().Select("id", "matter", "loose", "created_by").Where("id = ? AND (loose OR matter <> 0)", c.Param("id")).Take(&doc).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, notFound()
	}
	if err != nil {
		return nil, err
	}
	if err := c.seesLooseFile(doc); err != nil {
		return nil, err
	}
	return c.sendDocument(c.db().Where("loose OR matter <> 0"))
}

// fastenFiles puts the person's files that a start form names with the matter that it began. A file that is not his to
// bring in is refused: whoever reads the matter would read it, or look for what is not there.
func (c *call) fastenFiles(tx *gorm.DB, a models.Acting, s startable, root int64, data map[string]any) error {
	ids, err := c.filesNamed(tx, s.bundle.Forms[s.bundle.StartForm(s.Process)], data, 0)
	if err != nil {
		return err
	}
	return papers.Fasten(tx, a.Person, root, ids)
}

// holdsFiles refuses answers to a task outside projects that name files which are not kept with its matter.
func (c *call) holdsFiles(t process.Task, data map[string]any) error {
	if len(data) == 0 || t.Form == "" || t.Project != "" {
		return nil
	}
	b, err := c.srv.Bundles.Load(c.Request.Context(), t.Bundle)
	if err != nil || !namesFiles(b.Forms[t.Form], data) {
		return err
	}
	root, err := process.RootByKey(c.db(), t.Root)
	if err != nil || root.Project != "" {
		return err
	}
	if finding, err := c.isRectification(root); err != nil || finding {
		return err
	}
	_, err = c.filesNamed(c.db(), b.Forms[t.Form], data, root.Key)
	return err
}

// namesFiles says whether answers to a form name files, or what is none where files belong.
func namesFiles(form *forms.Form, data map[string]any) (named bool) {
	if form == nil {
		return false
	}
	err := form.EachFile(data, func(_, id string) (string, error) {
		named = true
		return id, nil
	})
	return named || err != nil
}

// filesNamed are the files that answers name: those of the person that are with no matter yet, or kept with the matter.
func (c *call) filesNamed(tx *gorm.DB, form *forms.Form, data map[string]any, root int64) ([]string, error) {
	if form == nil {
		return nil, nil
	}
	var ids []string
	refusal := models.Refuse("invalid-data")
	err := form.EachFile(data, func(at, id string) (string, error) {
		var n int64
		err := tx.Model(&papers.Document{}).
			Where("id = ? AND digest <> '' AND (loose AND created_by = ? OR matter <> 0 AND matter = ?)", id, c.who.Person.ID, root).
			Count(&n).
			Error
		if err == nil && n == 0 {
			refusal.Field("/data"+at, "file-not-brought")
		}
		ids = append(ids, id)
		return id, err
	})
	if err == nil {
		err = refusal.OrNil()
	}
	return ids, err
}
