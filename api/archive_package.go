package api

import (
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/papers"
)

// archiveXML is the metadata of a package.
type archiveXML struct {
	XMLName xml.Name      `xml:"archive"`
	Code    string        `xml:"project>code"`
	Name    string        `xml:"project>name"`
	Unit    string        `xml:"project>unit"`
	Type    string        `xml:"project>type"`
	Digest  string        `xml:"packageDigest"` // as the transfer list names it
	Records []archiveItem `xml:"records>record"`

	Versions []archiveVersion `xml:"versions>version,omitempty"` // after the hand-over
}

// archiveVersion is a record put right after the hand-over, beside the one that stays.
type archiveVersion struct {
	Version int           `xml:"no,attr"`
	Record  int           `xml:"record,attr,omitempty"` // that it puts right
	Title   string        `xml:"title"`
	Note    string        `xml:"note"`
	Before  string        `xml:"digestBefore"`
	After   string        `xml:"digestAfter"`
	Files   []archiveFile `xml:"files>file"`
}

type archiveItem struct {
	No        int           `xml:"no,attr"`
	Stage     string        `xml:"stage"`
	Category  string        `xml:"category"`
	Title     string        `xml:"title"`
	DocNo     string        `xml:"docNo,omitempty"`
	Date      string        `xml:"date"`
	Retention string        `xml:"retention"`
	Files     []archiveFile `xml:"files>file"`
}

type archiveFile struct {
	Path   string `xml:"path,attr"`
	Title  string `xml:"title,attr"`
	Digest string `xml:"sha256,attr,omitempty"`
}

// takeArchivePackage gives the records of a project that has been handed over.
func takeArchivePackage(c *call) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	if p.Stage != books.Archived {
		return nil, models.Refuse("not-archived", "project", p.Code)
	}
	b := newBundle(p.UpdatedAt.UTC())
	meta, err := c.records(b, p.Project)
	if err != nil {
		return nil, err
	}
	raw, err := xml.MarshalIndent(meta, "", " ")
	if err != nil {
		return nil, fmt.Errorf("metadata of %s: %w", p.Code, err)
	}
	if err := b.add("metadata.xml", append([]byte(xml.Header), raw...)); err != nil {
		return nil, err
	}
	data, err := b.close(c.db())
	if err != nil {
		return nil, err
	}
	c.sendBundle(p.Code+" 归档包.zip", data)
	return written, nil
}

// records puts the records of a project with their files into a bundle.
func (c *call) records(b *bundle, p books.Project) (archiveXML, error) {
	d, err := c.directory()
	if err != nil {
		return archiveXML{}, err
	}
	out := archiveXML{Code: p.Code, Name: p.Name, Unit: d.dept(p.DeptID), Type: p.Type}
	if out.Digest, err = commands.PackageDigest(c.db(), p.Code); err != nil {
		return out, err
	}
	items, err := books.ArchiveItems(c.db(), p.Code)
	if err != nil {
		return out, err
	}
	put := map[string]string{}
	for _, it := range items {
		w := archiveItem{
			No: it.No, Stage: it.Stage, Category: it.Category, Title: it.Title, DocNo: it.DocNo, Date: string(it.Dated),
			Retention: commands.Retention(c.db(), it),
		}
		var ids []string
		if len(it.Documents) > 0 {
			if err := it.Documents.Into(&ids); err != nil {
				return out, fmt.Errorf("record %s: %w", it.Title, err)
			}
		}
		for _, id := range ids {
			f, err := c.putDocument(b, put, id)
			if err != nil {
				return out, err
			}
			w.Files = append(w.Files, f)
		}
		out.Records = append(out.Records, w)
	}
	out.Versions, err = c.corrections(b, put, p.Code)
	return out, err
}

// putDocument puts a document into a bundle, once; a numbered paper as PDF and as the tree that was signed.
func (c *call) putDocument(b *bundle, put map[string]string, id string) (archiveFile, error) {
	var d papers.Document
	if err := c.db().Where("id = ?", id).Take(&d).Error; err != nil {
		return archiveFile{}, fmt.Errorf("document %s: %w", id, err)
	}
	at, done := put[id]
	f := archiveFile{Path: at, Title: d.Title, Digest: d.Digest}
	if done {
		return f, nil
	}
	var raw []byte
	switch {
	case d.Tree != "":
		f.Path = "papers/" + id + ".pdf"
		_, pdf, err := c.twin(d, "pdf")
		if err != nil {
			return f, err
		}
		raw = pdf
		if err := b.add("papers/"+id+".json", []byte(d.Tree)); err != nil {
			return f, err
		}
	case d.Digest != "":
		f.Path = "files/" + id + strings.ToLower(path.Ext(d.FileName))
		r, err := c.store().Open(c.Request.Context(), d.Digest)
		if err != nil {
			return f, fmt.Errorf("document %s: %w", id, err)
		}
		defer func() { _ = r.Close() }()
		if raw, err = io.ReadAll(r); err != nil {
			return f, fmt.Errorf("document %s: %w", id, err)
		}
	default: // a number of a former release: its facts are its content
		f.Path, raw = "papers/"+id+".facts.json", d.Data
	}
	put[id] = f.Path
	return f, b.add(f.Path, raw)
}

// reasoned is why somebody takes a file; it must say something.
func (c *call) reasoned() (string, error) {
	reason := strings.TrimSpace(c.Query("reason"))
	if len([]rune(reason)) < minReason {
		return "", invalid().field("query/reason", "reason-required", "limit", strconv.Itoa(minReason))
	}
	return reason, nil
}
