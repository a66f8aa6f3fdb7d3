package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/files"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/papers"
)

// maxPiece is how large a piece of an upload may be.
const maxPiece = papers.UploadPiece

func uploadOf(u papers.Upload) wire.Upload {
	return wire.Upload{
		ID: u.ID, FileName: u.FileName, Size: u.Size, Received: u.Received, Piece: papers.UploadPiece, ExpiresAt: in(u.ExpiresAt),
	}
}

// openUpload begins a file that comes in pieces. What can be refused by its name and size is refused before anything is sent.
func openUpload(c *call) (any, error) {
	var in wire.UploadStart
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	name, err := files.Named(in.FileName)
	switch {
	case err != nil:
		return nil, c.refusedFile(err)
	case in.Size > files.Max:
		return nil, uploadProblem(files.ErrLarge)
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		u, err := papers.OpenUpload(tx, a, name, in.Size)
		return reply{Status: http.StatusCreated, Body: uploadOf(u)}, err
	})
}

func (c *call) ownUpload(tx *gorm.DB) (papers.Upload, error) {
	u, ok, err := papers.FindUpload(tx, c.who.Person.ID, c.Param("id"), c.now)
	if err == nil && !ok {
		err = notFound()
	}
	return u, err
}

// getUpload says how much of an upload is here: after a broken line it goes on there.
func getUpload(c *call) (any, error) {
	u, err := c.ownUpload(c.db())
	if err != nil {
		return nil, err
	}
	return uploadOf(u), nil
}

// addPiece takes the next piece.
func addPiece(c *call) (any, error) {
	at, err := strconv.ParseInt(c.GetHeader("Upload-Offset"), 10, 64)
	if err != nil {
		return nil, invalid().field("header/Upload-Offset", "field.required")
	}
	if !strings.HasPrefix(c.GetHeader("Content-Type"), "application/offset+octet-stream") {
		return nil, refuse(http.StatusUnsupportedMediaType, "unsupported-media-type")
	}
	if _, err := c.ownUpload(c.db()); err != nil {
		return nil, err
	}
	body, err := c.piece()
	if err != nil {
		return nil, err
	}
	var out papers.Upload
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		u, err := c.ownUpload(tx)
		if err == nil {
			out, err = papers.AddPiece(tx, u, at, body)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return uploadOf(out), nil
}

// piece reads a body of at least one byte; a slow line has longer than for JSON.
func (c *call) piece() ([]byte, error) {
	body, err := readAllWithin(c, maxPiece, fileTime)
	if err == nil && len(body) == 0 {
		err = invalid().field("/", "file-empty")
	}
	return body, err
}

// dropUpload gives an upload up.
func dropUpload(c *call) (any, error) {
	return c.once(func(tx *gorm.DB) (reply, error) {
		u, err := c.ownUpload(tx)
		if err == nil {
			_, err = papers.CloseUpload(tx, u.ID)
		}
		return reply{Status: http.StatusNoContent}, err
	})
}

// uploaded is what a request to file something brought: the fields, and the file that came with it or in pieces before.
type uploaded struct {
	fields map[string]string
	file   files.File
	gone   bool // the upload that is named is not here: given up, too old, or filed already
}

// assemble looks at a file that came in pieces as at one that comes whole.
func (c *call) assemble(id string) (file files.File, gone bool, err error) {
	u, ok, err := papers.FindUpload(c.db(), c.who.Person.ID, id, c.now)
	switch {
	case err != nil:
		return file, false, err
	case !ok:
		return file, true, nil
	case u.Received < u.Size:
		return file, false, refuse(http.StatusConflict, "upload-incomplete", "received", strconv.FormatInt(u.Received, 10),
			"size", strconv.FormatInt(u.Size, 10))
	}
	if file, err = c.store().Stage(u.FileName, u.Content(c.db())); err != nil {
		return file, false, c.refusedFile(err)
	}
	return file, false, nil
}

// filing ends an upload of which a document is being made, once.
func filing(tx *gorm.DB, up uploaded) error {
	id := up.fields["upload"]
	if id == "" {
		return nil
	}
	was := false
	if !up.gone {
		var err error
		if was, err = papers.CloseUpload(tx, id); err != nil {
			return err
		}
	}
	if !was {
		return refuse(http.StatusNotFound, "upload-gone")
	}
	return nil
}

// newer checks that a file may come in the place of a former one: its bringer and his colleagues may bring it.
func (c *call) newer(tx *gorm.DB, doc papers.Document) error {
	former, err := papers.Former(tx, doc)
	if err != nil || former.CreatedBy == c.who.Person.ID {
		return err
	}
	colleagues, err := office.Colleagues(tx, c.who.Person.ID)
	if err == nil && !slices.Contains(colleagues, former.CreatedBy) {
		err = refuse(http.StatusForbidden, "not-your-file")
	}
	return err
}

// replaceable says of files that the person sees which of them he may replace, where he may file something at all.
func (c *call) replaceable(all []wire.Document) error {
	colleagues, err := office.Colleagues(c.db(), c.who.Person.ID)
	if err != nil {
		return err
	}
	for i := range all {
		w := &all[i]
		own := w.By != nil && (w.By.ID == c.who.Person.ID || slices.Contains(colleagues, w.By.ID))
		w.Own = own && !w.Paper && w.ReplacedBy == ""
	}
	return nil
}
