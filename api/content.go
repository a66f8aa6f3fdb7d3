package api

import (
	"encoding/hex"
	"encoding/json"

	"github.com/emmansun/gmsm/sm3"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

// contentOf is the digest of what a person is shown to decide about: the form's
// values, the sheet, the papers, and the revision of the application. What he
// does not see is no part of it, and neither are seats, words and clocks, which
// move while several sign, nor the files that he uploads himself while he fills the form.
func (c *call) contentOf(t process.Task, shown wire.TaskDetail) (string, error) {
	var papers []string
	for _, d := range shown.Documents {
		if !d.Paper && d.By != nil && d.By.ID == c.who.Person.ID {
			continue
		}
		papers = append(papers, d.ID+" "+d.Digest)
	}
	content := map[string]any{"task": t.Key, "data": shown.Data, "papers": papers}
	if shown.Sheet != nil {
		content["sheet"] = shown.Sheet
	}
	if t.Project != "" {
		var at struct{ Version, RevisionNo int }
		if err := c.db().Raw("SELECT version, revision_no FROM project WHERE code = ?", t.Project).Scan(&at).Error; err != nil {
			return "", err
		}
		content["version"], content["revision"] = at.Version, at.RevisionNo
	}
	raw, err := json.Marshal(content)
	if err != nil {
		return "", err
	}
	sum := sm3.Sum(raw)
	return hex.EncodeToString(sum[:]), nil
}

// sameContent refuses to sign what is not what the page showed (domain: approval.md §3, 43).
func (c *call) sameContent(t process.Task, seen string) error {
	if seen == "" || t.State == process.TaskClosed {
		return nil
	}
	detail, err := t.Details()
	if err != nil {
		return err
	}
	p, err := c.process(t.Root)
	if err != nil {
		return err
	}
	d, err := c.directory()
	if err != nil {
		return err
	}
	v, err := c.taskView([]process.Task{t})
	if err != nil {
		return err
	}
	now := wire.TaskDetail{TaskSummary: v.summary(t, process.ScopeMine), Data: map[string]any{}}
	if err := c.fillForm(&now, p, t, detail); err != nil {
		return err
	}
	if err := c.fillMatter(&now, d, t); err != nil {
		return err
	}
	is, err := c.contentOf(t, now)
	if err == nil && is != seen {
		err = models.Refuse("content-changed")
	}
	return err
}
