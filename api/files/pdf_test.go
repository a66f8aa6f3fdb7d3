package files

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"testing"
)

func packedObjects(t *testing.T, objects string) string {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write([]byte(objects)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("7 0 obj\n<</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d>>\nstream\r\n%s\nendstream\nendobj\n",
		b.Len(), b.String())
}

// TestAPDFThatRuns: scripts, programs and media are refused, in the open, with numbered letters, and packed; words and pictures are not.
func TestAPDFThatRuns(t *testing.T) {
	const catalog = "1 0 obj\n<</Type/Catalog/Pages 2 0 R%s>>\nendobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
	picture := "5 0 obj\n<</Type/XObject/Subtype/Image/Length 30>>\nstream\n\x00\xff/JavaScript /JS (x) /Launch \x01\nendstream\nendobj\n"
	plainFile := fmt.Sprintf(catalog, "")
	for _, c := range []struct {
		name, content string
		want          error
	}{
		{"a paper", plainFile, nil},
		{"an invoice with its data beside it", plainFile +
			"6 0 obj<</Type/EmbeddedFile/Subtype/text#2Fxml/Length 3>>\nstream\nabc\nendstream\nendobj\n", nil},
		{"bytes of a picture", plainFile + picture, nil},
		{"words about scripts", fmt.Sprintf(catalog, "/Title(JavaScript and JS)"), nil},
		{"a name that begins alike", fmt.Sprintf(catalog, "/JSONData 3/LaunchDate 4"), nil},
		{"packed objects", plainFile + packedObjects(t, "3 0 <</Type/Annot/Subtype/Link/A<</S/URI/URI(http://a)>>>>"), nil},
		{"a stream that never ends", plainFile + "5 0 obj<</Length 9>>\nstream\nabc", nil},
		{"a script when it is opened", fmt.Sprintf(catalog, "/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), ErrActive},
		{"a script in the tree of names", fmt.Sprintf(catalog, "/Names<</JavaScript 9 0 R>>"), ErrActive},
		{"numbered letters", fmt.Sprintf(catalog, "/OpenAction<</S/J#61va#53cript/J#53 8 0 R>>"), ErrActive},
		{"a program", plainFile + picture + "8 0 obj<</S/Launch/F(cmd.exe)>>endobj\n", ErrActive},
		{"packed", plainFile + packedObjects(t, "3 0 <</S/JavaScript/JS(app.launchURL())>>"), ErrActive},
		{"packed, behind a picture", plainFile + picture + packedObjects(t, "3 0 <</Type/Action/S/Launch/F(x)>>"), ErrActive},
		{"media", fmt.Sprintf(catalog, "/AF[<</Subtype/RichMedia>>]"), ErrActive},
		{"the last word", plainFile + "8 0 obj<</S /JS", ErrActive},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := Store{Dir: t.TempDir()}.Stage("方案.pdf", bytes.NewReader([]byte("%PDF-1.7\n"+c.content+"\n%%EOF\n")))
			defer f.Discard()
			if c.want == nil && err != nil || !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}
