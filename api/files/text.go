package files

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	tounicode "golang.org/x/text/encoding/unicode"
)

// Media types of text that comes in.
const (
	Plain = "text/plain"
	CSV   = "text/csv"
)

// IsText reports whether a file of a media type is text.
func IsText(media string) bool { return media == Plain || media == CSV }

// What text looks like to who tells types by their content: any of these may be called .txt or .csv.
var texts = []string{Plain, CSV, "text/tab-separated-values"}

// calls finds a cell of a table that has a spreadsheet start a program (=cmd|'/c …'!A1).
var calls = regexp.MustCompile(`(?m)(^|[,;\t"'])\s*[=+\-@][^\n]*\|[^\n]*!`)

// text looks at a file that is called text, or is some; handled says that it is one or the other.
func (f *File) text(content *os.File) (handled bool, err error) {
	kind, ok := map[string]string{".txt": Plain, ".csv": CSV}[strings.ToLower(f.Ext)]
	is := slices.Contains(texts, f.MediaType)
	switch {
	case !ok:
		return false, nil
	case !is:
		return true, ErrDisguised
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return true, fmt.Errorf("%w: %w", ErrStorage, err)
	}
	said, err := Read(content)
	switch {
	case err != nil:
		return true, err
	case Secret.MatchString(said):
		return true, ErrSecret
	case kind == CSV && calls.MatchString(said):
		return true, ErrActive
	}
	f.MediaType = kind
	return true, nil
}

// Read is what a text says: UTF-8 or UTF-16 with its mark, UTF-8, or GB 18030 (which GBK is a part of), as office
// computers here save it. What is none of them, or holds control characters, is no text.
func Read(r io.Reader) (string, error) {
	raw, err := io.ReadAll(io.LimitReader(r, Max+1))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrStorage, err)
	}
	raw, err = decoded(raw)
	if err != nil || !utf8.Valid(raw) || bytes.IndexFunc(raw, noText) >= 0 {
		return "", ErrDisguised
	}
	return string(raw), nil
}

func decoded(raw []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		return raw[3:], nil
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return tounicode.UTF16(tounicode.BigEndian, tounicode.ExpectBOM).NewDecoder().Bytes(raw)
	case utf8.Valid(raw):
		return raw, nil
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw)
	if bytes.ContainsRune(out, utf8.RuneError) {
		return nil, ErrDisguised
	}
	return out, err
}

func noText(r rune) bool {
	return unicode.IsControl(r) && !strings.ContainsRune("\t\n\r\f", r) || unicode.Is(unicode.Bidi_Control, r)
}
