package papers

import (
	"encoding/hex"
	"encoding/json"

	"github.com/emmansun/gmsm/sm3"
)

// Doc is the tree of one paper. Everything that is rendered comes from it.
type Doc struct {
	Kind   string  `json:"kind"`
	Class  string  `json:"class"`
	Meta   Meta    `json:"meta"`
	Blocks []Block `json:"blocks"`

	Void string `json:"-"` // 作废, once it is void: a mark on what is rendered, no part of what was issued
	Mark string `json:"-"` // whose copy it is, of what was not issued: small at the foot of each page
}

// Meta is what the elements of GB/T 33476 will be made of.
type Meta struct {
	Name     string   `json:"name"` // of the kind
	NameEn   string   `json:"nameEn,omitempty"`
	No       string   `json:"no"`
	Title    string   `json:"title"`
	House    string   `json:"house"`
	Head     string   `json:"head,omitempty"` // 发文机关标志
	Office   string   `json:"office,omitempty"`
	Signer   string   `json:"signer,omitempty"`
	To       string   `json:"to,omitempty"`
	Cc       []string `json:"cc,omitempty"`
	Date     string   `json:"date"`    // 2022-03-10
	Written  string   `json:"written"` // 2022年3月10日
	Seal     string   `json:"seal,omitempty"`
	SealMM   int      `json:"sealMm,omitempty"`
	Token    string   `json:"token,omitempty"`
	Verify   string   `json:"verify,omitempty"`   // what the QR code says
	Template string   `json:"template,omitempty"` // digest
	Late     bool     `json:"backfilled,omitempty"`
}

// Block is a letterhead, a title, a paragraph, a table …
type Block struct {
	Kind  string   `json:"kind"` // title to h1 h2 p table fields attach annex sign boxes note
	Part  string   `json:"part"` // 版头, 主体, 附件, 版记
	Text  string   `json:"text,omitempty"`
	Items []string `json:"items,omitempty"`
	Table *Table   `json:"table,omitempty"`
}

// Table is a table with a repeated head. Widths are millimetres and add up to 156.
type Table struct {
	Widths []int      `json:"widths"`
	Right  []bool     `json:"right,omitempty"`
	Head   []string   `json:"head,omitempty"`
	Rows   [][]string `json:"rows"`
	Total  []string   `json:"total,omitempty"`
	Unit   string     `json:"unit,omitempty"`
	Labels bool       `json:"labels,omitempty"` // a form: every other cell is a label
}

// JSON is the tree as it is stored: its fields in one order, nothing that depends on when.
func (d Doc) JSON() []byte {
	raw, err := json.Marshal(d)
	if err != nil {
		panic("papers: " + err.Error()) // texts and numbers only
	}
	return raw
}

// Digest is SM3 of the tree, in hexadecimal digits: what is signed.
func (d Doc) Digest() string {
	sum := sm3.Sum(d.JSON())
	return hex.EncodeToString(sum[:])
}
