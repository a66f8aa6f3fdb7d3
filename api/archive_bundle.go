package api

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/papers"
)

// A bundle is a ZIP file that a stranger can check: digests.txt lists each file with
// its SM3 and SHA-256, signature.json has the house's SM2 signature over the SM3 of
// that list (scripts/verify_archive.py). The same content makes the same list.
type bundle struct {
	buf  bytes.Buffer
	zip  *zip.Writer
	at   time.Time
	list []string
}

func newBundle(at time.Time) *bundle {
	b := &bundle{at: at}
	b.zip = zip.NewWriter(&b.buf)
	return b
}

// add puts a file in, and its digests on the list.
func (b *bundle) add(path string, data []byte) error {
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Deflate, Modified: b.at})
	if err != nil {
		return fmt.Errorf("bundle %s: %w", path, err)
	}
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("bundle %s: %w", path, err)
	}
	sm, sha := sm3.Sum(data), sha256.Sum256(data)
	b.list = append(b.list, fmt.Sprintf("%x  %x  %d  %s", sm, sha, len(data), path))
	return nil
}

// addJSON puts a value in as JSON.
func (b *bundle) addJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Errorf("bundle %s: %w", path, err)
	}
	return b.add(path, data)
}

// close adds the list and its signature, and gives the file.
func (b *bundle) close(tx *gorm.DB) ([]byte, error) {
	slices.Sort(b.list)
	list := []byte(strings.Join(b.list, "\n") + "\n")
	sum := sm3.Sum(list)
	seal, signed, err := papers.SealDigest(tx, hex.EncodeToString(sum[:]))
	if err != nil {
		return nil, err
	}
	if !signed {
		seal.Digest = hex.EncodeToString(sum[:]) // a house without a key: the digests alone
	}
	if err := b.add("digests.txt", list); err != nil {
		return nil, err
	}
	if err := b.addJSON("signature.json", map[string]any{
		"algorithm": "SM2-SM3", "signed": signed, "key": seal.Key, "publicKey": hex.EncodeToString(seal.Public), "digest": seal.Digest,
		"signature": hex.EncodeToString(seal.Signature),
	}); err != nil {
		return nil, err
	}
	if err := b.zip.Close(); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return b.buf.Bytes(), nil
}

// sendBundle lets the caller save a bundle.
func (c *call) sendBundle(name string, data []byte) {
	h := c.Writer.Header()
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	c.Data(http.StatusOK, "application/zip", data)
}
