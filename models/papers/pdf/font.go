package pdf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Font is a TrueType font with glyf outlines. It is read once and shared: nothing of it changes.
type Font struct {
	Name            string // of PostScript, without a subset's tag
	raw             []byte
	tables          map[string][]byte
	em              int
	glyphs          int
	long            bool // format of loca
	hm              int  // entries of hmtx with an advance
	cmap            map[rune]uint16
	Ascent, Descent int // per thousand of the size
	box             [4]int
}

var errFont = errors.New("pdf: the font is not a TrueType font with outlines of its own")

// ReadFont reads a font. It keeps raw.
func ReadFont(name string, raw []byte) (f *Font, err error) {
	defer func() { // a font that is cut off reads beyond its end
		if recover() != nil {
			f, err = nil, errFont
		}
	}()
	f = &Font{Name: name, raw: raw, tables: map[string][]byte{}}
	for i := range int(be16(raw[4:])) {
		rec := raw[12+16*i:]
		at, n := be32(rec[8:]), be32(rec[12:])
		f.tables[string(rec[:4])] = raw[at : at+n]
	}
	for _, t := range []string{"head", "hhea", "maxp", "hmtx", "cmap", "loca", "glyf"} {
		if f.tables[t] == nil {
			return nil, fmt.Errorf("%w: %s lacks table %s", errFont, name, t)
		}
	}
	head, hhea := f.tables["head"], f.tables["hhea"]
	f.em, f.long = int(be16(head[18:])), be16(head[50:]) == 1
	f.glyphs, f.hm = int(be16(f.tables["maxp"][4:])), int(be16(hhea[34:]))
	f.Ascent, f.Descent = f.mille(int16At(hhea, 4)), f.mille(int16At(hhea, 6))
	for i := range f.box {
		f.box[i] = f.mille(int16At(head, 36+2*i))
	}
	return f, f.readCmap()
}

func be16(b []byte) uint16          { return binary.BigEndian.Uint16(b) }
func be32(b []byte) uint32          { return binary.BigEndian.Uint32(b) }
func int16At(b []byte, at int) int  { return int(int16(be16(b[at:]))) }
func (f *Font) mille(units int) int { return units * 1000 / f.em }

// readCmap takes the fullest map of Unicode: format 12, else format 4.
func (f *Font) readCmap() error {
	t := f.tables["cmap"]
	f.cmap = map[rune]uint16{}
	best := -1
	for i := range int(be16(t[2:])) {
		sub := t[be32(t[4+8*i+4:]):]
		if format := be16(sub); format == 12 || format == 4 && best < 0 {
			best = int(be32(t[4+8*i+4:]))
			if format == 12 {
				break
			}
		}
	}
	if best < 0 {
		return fmt.Errorf("%w: no map of Unicode", errFont)
	}
	sub := t[best:]
	if be16(sub) == 12 {
		for i := range int(be32(sub[12:])) {
			g := sub[16+12*i:]
			for c := be32(g); c <= be32(g[4:]); c++ {
				f.cmap[rune(c)] = uint16(be32(g[8:]) + c - be32(g))
			}
		}
		return nil
	}
	n := int(be16(sub[6:])) / 2
	ends, starts, deltas, offsets := sub[14:], sub[16+2*n:], sub[16+4*n:], sub[16+6*n:]
	for i := range n {
		for c := int(be16(starts[2*i:])); c <= int(be16(ends[2*i:])) && c != 0xFFFF; c++ {
			g := be16(deltas[2*i:]) + uint16(c)
			if o := int(be16(offsets[2*i:])); o != 0 {
				if g = be16(offsets[2*i+o+2*(c-int(be16(starts[2*i:]))):]); g != 0 {
					g += be16(deltas[2*i:])
				}
			}
			f.cmap[rune(c)] = g
		}
	}
	return nil
}

// Has reports whether the font draws a character.
func (f *Font) Has(r rune) bool { return f.cmap[r] != 0 }

// Advance of a character, per thousand of the size; of one that is missing, that of the font's box.
func (f *Font) Advance(r rune) int { return f.advance(f.cmap[r]) }

func (f *Font) advance(g uint16) int {
	return f.mille(int(be16(f.tables["hmtx"][4*min(int(g), f.hm-1):])))
}

func (f *Font) outline(g uint16) []byte {
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	if f.long {
		return glyf[be32(loca[4*int(g):]):be32(loca[4*int(g)+4:])]
	}
	return glyf[2*int(be16(loca[2*int(g):])) : 2*int(be16(loca[2*int(g)+2:]))]
}

// parts calls see with the place of each component's glyph number in a compound outline.
func parts(outline []byte, see func(at int)) {
	if len(outline) < 10 || int16At(outline, 0) >= 0 {
		return
	}
	for at, more := 10, true; more; {
		flags := be16(outline[at:])
		see(at + 2)
		at += 6
		if flags&1 != 0 { // arguments are words
			at += 2
		}
		switch {
		case flags&8 != 0:
			at += 2
		case flags&0x40 != 0:
			at += 4
		case flags&0x80 != 0:
			at += 8
		}
		more = flags&0x20 != 0
	}
}

// Subset is a font of some glyphs of f and what these are made of, numbered
// anew in the order given; glyph 0 is the box of what is missing.
func (f *Font) Subset(glyphs []uint16) []byte {
	kept := append([]uint16{0}, glyphs...)
	index := map[uint16]int{}
	for i, g := range kept {
		index[g] = i
	}
	var loca, glyf, hmtx []byte
	for i := 0; i < len(kept); i++ {
		outline := slices.Clone(f.outline(kept[i]))
		parts(outline, func(at int) {
			g := be16(outline[at:])
			if _, ok := index[g]; !ok {
				index[g] = len(kept)
				kept = append(kept, g)
			}
			binary.BigEndian.PutUint16(outline[at:], uint16(index[g]))
		})
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, outline...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		h := f.tables["hmtx"]
		wide := min(int(kept[i]), f.hm-1)
		bearing := h[4*wide+2 : 4*wide+4]
		if int(kept[i]) >= f.hm {
			at := 4*f.hm + 2*(int(kept[i])-f.hm)
			bearing = h[at : at+2]
		}
		hmtx = append(append(hmtx, h[4*wide:4*wide+2]...), bearing...)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	head, hhea, maxp := slices.Clone(f.tables["head"]), slices.Clone(f.tables["hhea"]), slices.Clone(f.tables["maxp"])
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1)
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(kept)))
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(kept)))
	out := map[string][]byte{"head": head, "hhea": hhea, "maxp": maxp, "hmtx": hmtx, "loca": loca, "glyf": glyf}
	for _, t := range []string{"cvt ", "fpgm", "prep"} { // what outlines' instructions need
		if b := f.tables[t]; b != nil {
			out[t] = b
		}
	}
	return sfnt(out)
}

// sfnt writes tables as a font file, in the order of their tags.
func sfnt(tables map[string][]byte) []byte {
	var tags []string
	for t := range tables {
		tags = append(tags, t)
	}
	slices.Sort(tags)
	n := len(tags)
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	out := []byte{0, 1, 0, 0}
	for _, v := range []int{n, power * 16, log, (n - power) * 16} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at := 12 + 16*n
	var body []byte
	for _, t := range tags {
		b := tables[t]
		out = append(out, t...)
		for _, v := range []uint32{sum(b), uint32(at + len(body)), uint32(len(b))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		body = append(body, b...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	return append(out, body...)
}

func sum(b []byte) (s uint32) {
	for len(b) >= 4 {
		s += be32(b)
		b = b[4:]
	}
	var rest [4]byte
	copy(rest[:], b)
	return s + be32(rest[:])
}
