package files

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"io"
	"regexp"
)

// What a PDF runs when it is opened: scripts, programs, embedded media that have both (ISO 32000-2 §12.6.4). A name may be written
// with numbers for its letters (§7.3.5).
var (
	runs     = regexp.MustCompile(`/(JavaScript|JS|Launch|RichMedia)[\s/<>\[\]()%{}]`)
	numbered = regexp.MustCompile(`#[0-9A-Fa-f]{2}`)
	began    = regexp.MustCompile(`\bstream\r?\n`)
	ended    = []byte("endstream")
)

// calmPDF refuses a PDF that runs something. It looks at the objects of the file and at those that are packed (§7.5.7), not at
// pictures, fonts and pages; what is encrypted, or packed in another way than everybody packs, is left to the scanner.
func calmPDF(r io.Reader) error {
	rest, err := io.ReadAll(io.LimitReader(r, Max+1))
	if err != nil {
		return err
	}
	for len(rest) > 0 {
		objects, stream := rest, []byte(nil)
		if at := began.FindIndex(rest); at != nil {
			objects, stream = rest[:at[0]], rest[at[1]:]
		}
		if active(objects) {
			return ErrActive
		}
		end := bytes.Index(stream, ended)
		if end < 0 {
			return nil
		}
		if dict := objects[max(0, bytes.LastIndex(objects, []byte("obj"))):]; bytes.Contains(plain(dict), []byte("/ObjStm")) {
			if packed, err := zlib.NewReader(bytes.NewReader(stream[:end])); err == nil {
				inside, _ := io.ReadAll(io.LimitReader(packed, maxPart)) // one that breaks off is read as far as it goes
				if active(inside) {
					return ErrActive
				}
			}
		}
		rest = stream[end+len(ended):]
	}
	return nil
}

func active(objects []byte) bool { return runs.Match(append(plain(objects), ' ')) }

// plain writes names with their letters.
func plain(objects []byte) []byte {
	return numbered.ReplaceAllFunc(objects, func(code []byte) []byte {
		out := make([]byte, 1)
		if _, err := hex.Decode(out, code[1:]); err != nil {
			return code
		}
		return out
	})
}
