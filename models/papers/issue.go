package papers

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// counters are those of series that began before papers had templates: their numbers go on.
var counters = map[string]string{
	"补": "补正通知书", "受": "受理通知书", "不受": "不予受理通知书", "不支": "不予支持通知书", "不批": "不予批复通知书", "意": "审查意见书", "审": "批复", "初验": "初验报告", "终验": "终验报告",
}

// Issue makes a numbered paper, such as 县数资审〔2022〕7号, of a kind and the facts
// of its moment. Number, tree, digests and signature are written in the
// transaction of its cause, so that no number is ever missing and every one has
// its text. The number, the date and the house are the desk's to say: facts bring
// the rest (docs/papers.md). A fact that the paper prints and nobody brought is an error.
func Issue(tx *gorm.DB, a models.Acting, kind, project, subject string, facts map[string]any) (Document, error) {
	return IssueAbout(tx, a, Document{Kind: kind, Project: project, Title: subject}, facts)
}

// IssueAbout is Issue for a paper that belongs to more than a project: of d its kind, title, project and
// rectification are taken.
func IssueAbout(tx *gorm.DB, a models.Acting, d Document, facts map[string]any) (Document, error) {
	desk, err := deskOf(tx)
	if err != nil {
		return Document{}, err
	}
	t, ok := desk.Shelf.Kind(d.Kind)
	if !ok {
		return Document{}, fmt.Errorf("papers: there is no paper of kind %q", d.Kind)
	}
	d = Document{
		Project: d.Project, Rectification: d.Rectification, Kind: t.Name.Zh, Title: d.Title, Dated: a.On(), Template: t.Kind,
		TemplateDigest: t.digest, VerifyToken: token(),
	}
	all, err := desk.facts(a, d, facts)
	if err != nil {
		return Document{}, err
	}
	if err := t.number(tx, desk.Shelf.House, &d, all); err != nil {
		return Document{}, err
	}
	all["paper"].(map[string]any)["no"] = string(d.DocNo)
	if err := desk.write(t, &d, all); err != nil {
		return Document{}, err
	}
	return d, AddDocument(tx, a, &d)
}

// Draft is a paper as it would be issued, before it has a number and without a
// trace in the books. The same facts of the same day give the same tree.
func Draft(tx *gorm.DB, a models.Acting, kind, subject string, facts map[string]any) (Doc, error) {
	desk, err := deskOf(tx)
	if err != nil {
		return Doc{}, err
	}
	t, ok := desk.Shelf.Kind(kind)
	if !ok {
		return Doc{}, fmt.Errorf("papers: there is no paper of kind %q", kind)
	}
	all, err := desk.facts(a, Document{Title: subject, Dated: a.On()}, facts)
	if err != nil {
		return Doc{}, err
	}
	all["paper"].(map[string]any)["no"] = ""
	vars, err := t.Values(all)
	if err != nil {
		return Doc{}, err
	}
	return t.Build(vars)
}

// token is what a stranger must know to ask after a paper: a hundred bits.
func token() string {
	b := make([]byte, 15)
	_, _ = rand.Read(b) // never fails
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)[:20]
}

// facts are those of the cause, as JSON holds them, with the paper's and the house's own.
func (desk *Desk) facts(a models.Acting, d Document, given map[string]any) (map[string]any, error) {
	all := map[string]any{}
	if err := models.JSONOf(given).Into(&all); err != nil {
		return nil, fmt.Errorf("papers: facts: %w", err)
	}
	if all == nil { // nobody brought any
		all = map[string]any{}
	}
	paper, _ := all["paper"].(map[string]any)
	if paper == nil {
		paper = map[string]any{}
	}
	paper["date"], paper["title"], paper["token"], paper["backfilled"] = string(d.Dated), d.Title, d.VerifyToken, a.BackRegistered()
	all["paper"], all["house"] = paper, desk.house(all["house"])
	basis := map[string]any{}
	for name, sentence := range desk.Shelf.House.Basis {
		basis[name] = sentence
	}
	all["basis"] = basis
	return all, nil
}

// house is what house.yaml says, and where it is silent what the cause says.
func (desk *Desk) house(given any) map[string]any {
	h := desk.Shelf.House
	out, _ := given.(map[string]any)
	if out == nil {
		out = map[string]any{}
	}
	name, _ := out["name"].(string)
	if h.Name != "" {
		name = h.Name
	}
	if name == "" {
		name = "县数据资源管理局" // nobody serves as the bureau yet
	}
	or := func(said, otherwise string) string {
		if said != "" {
			return said
		}
		return otherwise
	}
	out["name"], out["code"], out["head"], out["office"] = name, h.Code, or(h.Head, name+"文件"), or(h.Office, name+"办公室")
	out["address"], out["phone"] = h.Address, h.Phone
	return out
}

// number takes the next number of the series of the year, or of the forms of an object.
func (t *Template) number(tx *gorm.DB, h House, d *Document, facts map[string]any) error {
	year := d.Dated.Year()
	if t.Series != "" {
		counter, ok := counters[t.Series]
		if !ok {
			counter = "series:" + t.Series
		}
		n, err := models.Next(tx, "doc_counter", counter, year)
		if err != nil {
			return err
		}
		series := t.Series
		if series == "般" {
			series = "" // of ordinary letters: 县数资〔2022〕1号
		}
		d.Series, d.Year, d.Seq = t.Series, year, n
		d.DocNo = models.Optional(fmt.Sprintf("%s%s〔%d〕%d号", h.Code, series, year, n))
		return nil
	}
	vars, err := t.Values(facts)
	if err != nil {
		return err
	}
	object, err := t.object.fill(over{row: nil, paper: vars}, "")
	if err != nil {
		return fmt.Errorf("paper %s: %w", t.Kind, err)
	}
	form := object + "/" + t.Form
	n, err := models.Next(tx, "doc_counter", "form:"+form, 0)
	d.DocNo = models.Optional(form + "-" + strconv.FormatInt(n, 10))
	return err
}

// write builds the tree, and signs it.
func (desk *Desk) write(t *Template, d *Document, facts map[string]any) error {
	vars, err := t.Values(facts)
	if err != nil {
		return err
	}
	doc, err := t.Build(vars)
	if err != nil {
		return err
	}
	doc.Meta.Verify = strings.TrimSuffix(
		desk.Shelf.House.Verify, "/",
	) + "/verify/" + d.VerifyToken + "?no=" + url.QueryEscape(
		string(d.DocNo),
	)
	if d.Title == "" {
		d.Title = doc.Meta.Title
	}
	d.Data, d.Tree, d.DocDigest = models.JSONOf(facts), string(doc.JSON()), doc.Digest()
	if desk.Signer != nil {
		d.SignedBy, d.Signature, err = desk.Signer.SignPaper(d.DocDigest)
	}
	return err
}
