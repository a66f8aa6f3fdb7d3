package papers

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the fonts
	"fmt"
	"io"
	"sync"

	"github.com/quancheng/quancheng/models/papers/pdf"
)

// The faces of a paper are named in .docx and drawn in PDF with free ones
// (SIL Open Font License 1.1, fonts/OFL.txt): Noto Serif SC for 仿宋, 小标宋, 楷体
// and 宋体, Noto Sans SC for 黑体.
var (
	//go:embed fonts/NotoSerifSC-Regular.ttf.gz
	serifFile []byte
	//go:embed fonts/NotoSansSC-Regular.ttf.gz
	sansFile []byte

	serif = sync.OnceValues(func() (*pdf.Font, error) { return unpack("NotoSerifSC-Regular", serifFile) })
	sans  = sync.OnceValues(func() (*pdf.Font, error) { return unpack("NotoSansSC-Regular", sansFile) })
)

func unpack(name string, packed []byte) (*pdf.Font, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("papers: font %s: %w", name, err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("papers: font %s: %w", name, err)
	}
	return pdf.ReadFont(name, raw)
}
