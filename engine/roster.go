package engine

import (
	"cmp"
	"slices"
	"strings"
)

// buildStaff indexes posts by person and by unit, units, and deputyships.
func (o *Org) buildStaff(ix *orgIndex) {
	ix.posts, ix.staff = make(map[string][]*Post, len(o.People)), map[string][]*Post{}
	ix.units, ix.proxies, ix.ranked = make(map[string]*Unit, len(o.Units)), map[string][]*Proxy{}, map[string]bool{}
	for i := range o.Units {
		ix.units[o.Units[i].ID] = &o.Units[i]
	}
	for i := range o.Posts {
		p := &o.Posts[i]
		ix.posts[p.Person], ix.staff[p.Unit] = append(ix.posts[p.Person], p), append(ix.staff[p.Unit], p)
		ix.ranked[p.Unit] = ix.ranked[p.Unit] || p.Rank > 0
	}
	for i := range o.Proxies {
		p := &o.Proxies[i]
		ix.proxies[p.Principal] = append(ix.proxies[p.Principal], p)
	}
	r := Roster{index: ix}
	byRank := func(a, b *Post) int {
		return cmp.Or(
			cmp.Compare(r.rank(a), r.rank(b)), cmp.Compare(a.Person, b.Person), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Unit, b.Unit),
		)
	}
	for _, list := range ix.posts {
		slices.SortStableFunc(list, byRank)
	}
	for _, list := range ix.staff {
		slices.SortStableFunc(list, byRank)
	}
	for _, list := range ix.proxies {
		slices.SortStableFunc(list, func(a, b *Proxy) int { return cmp.Compare(a.ID, b.ID) })
	}
}

// rank of a post: what the organisation says, else what its role usually has.
func (r Roster) rank(p *Post) int {
	if r.index.ranked[p.Unit] {
		return p.Rank
	}
	return roles[p.Role].Rank
}

// postsOf are the posts that a person holds, highest first.
func (r Roster) postsOf(person string) []*Post {
	if !r.Active(person) {
		return nil
	}
	return r.valid(r.index.posts[person])
}

// staffOf are the posts of a unit with an active holder, highest first.
func (r Roster) staffOf(unit string) []*Post {
	return slices.DeleteFunc(r.valid(r.index.staff[unit]), func(p *Post) bool { return !r.Active(p.Person) })
}

func (r Roster) valid(posts []*Post) []*Post {
	var out []*Post
	for _, p := range posts {
		if p.At(r.at) {
			out = append(out, p)
		}
	}
	return out
}

// above are the holders of the nearest rank above one in a unit whom fit takes,
// else of the head of the unit above it.
func (r Roster) above(unit string, rank int, fit func(*Post) bool) []*Post {
	var out []*Post
	for _, p := range slices.Backward(r.staffOf(unit)) {
		if r.rank(p) >= rank || kindOf(p.Role) != roleBusiness || len(out) > 0 && r.rank(p) != r.rank(out[0]) || !fit(p) {
			continue
		}
		out = append(out, p)
	}
	if u := r.index.units[unit]; len(out) == 0 && u != nil && u.Parent != "" && u.Parent != unit {
		for _, p := range r.staffOf(u.Parent) {
			if kindOf(p.Role) == roleBusiness && (len(out) == 0 || r.rank(p) == r.rank(out[0])) && fit(p) {
				out = append(out, p)
			}
		}
	}
	slices.Reverse(out)
	return out
}

// rankOf is the rank of a post "ROLE@UNIT", whoever holds it.
func (r Roster) rankOf(post string) int {
	if held := r.index.holders[post]; len(held) > 0 {
		return r.rank(held[0])
	}
	role, _ := splitPost(post)
	return roles[role].Rank
}

// standing is the unit that goes on for another one: itself, or the successor of one that has ended.
func (r Roster) standing(unit string) string {
	for range 8 { // a chain of mergers has an end
		u := r.index.units[unit]
		if u == nil || u.Span.At(r.at) || u.Successor == "" {
			return unit
		}
		unit = u.Successor
	}
	return unit
}

func splitPost(post string) (role, unit string) {
	role, unit, _ = strings.Cut(post, "@")
	return role, unit
}
