package bpmn

import (
	"bytes"
	"fmt"
	"regexp"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

var declaredEncoding = regexp.MustCompile(`^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']`)

// toUTF8 decodes a file by its byte order mark or its XML declaration. Files
// from Chinese offices come in GBK and GB18030, files from Visio in UTF-16.
func toUTF8(data []byte) ([]byte, *fault) {
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return nil, &fault{"xml-encoding", "the file is not valid UTF-16", "save it as UTF-8", Pos{1, 1}}
		}
		return out, nil
	}
	if m := declaredEncoding.FindSubmatch(data[:min(len(data), 200)]); m != nil && !isUTF8Name(m[1]) {
		enc, err := htmlindex.Get(string(m[1]))
		if err != nil {
			return nil, &fault{"xml-encoding", fmt.Sprintf("the encoding %q is not known", m[1]), "save the file as UTF-8", Pos{1, 1}}
		}
		out, err := enc.NewDecoder().Bytes(data)
		if err != nil {
			return nil, &fault{"xml-encoding", fmt.Sprintf("the file is not valid %s", m[1]), "save it as UTF-8", Pos{1, 1}}
		}
		return out, nil
	}
	if !utf8.Valid(data) {
		bad, rest := 0, data
		for len(rest) > 0 {
			r, size := utf8.DecodeRune(rest)
			if r == utf8.RuneError && size == 1 {
				break
			}
			bad, rest = bad+size, rest[size:]
		}
		line := 1 + bytes.Count(data[:bad], []byte{'\n'})
		return nil, &fault{"xml-encoding", "the file is not valid UTF-8", "save it as UTF-8, or declare its encoding in the first line",
			Pos{line, bad - bytes.LastIndexByte(data[:bad], '\n')}}
	}
	return data, nil
}

func isUTF8Name(name []byte) bool {
	return bytes.EqualFold(name, []byte("utf-8")) || bytes.EqualFold(name, []byte("utf8")) || bytes.EqualFold(name, []byte("us-ascii"))
}
