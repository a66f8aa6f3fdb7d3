package api

import (
	"net/http"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/office"
)

// getPolicies shows the parameters of signing in, and who set them.
func getPolicies(c *call) (any, error) {
	policy, rows, err := office.ReadPolicy(c.db())
	if err != nil {
		return nil, err
	}
	out := wire.Policies{Parameters: []wire.Parameter{}}
	for _, p := range office.Parameters {
		w := wire.Parameter{
			Name: p.Name, Title: c.text("policy." + p.Name), Kind: string(p.Kind), Value: policy[p.Name], Default: p.Default, Min: p.Min,
			Max: p.Max,
		}
		if i := slices.IndexFunc(rows, func(r office.PolicyRow) bool { return r.Name == p.Name }); i >= 0 {
			at := in(rows[i].ChangedAt)
			w.ChangedBy, w.ChangedAt = rows[i].ChangedBy, &at
		}
		out.Parameters = append(out.Parameters, w)
	}
	return out, nil
}

// setPolicies changes parameters, all or none.
func setPolicies(c *call) (any, error) {
	var in wire.PolicyChange
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	answer, err := c.once(func(tx *gorm.DB) (reply, error) {
		if err := office.SetPolicy(tx, a, in.Values); err != nil {
			return reply{}, err
		}
		out, err := getPolicies(c)
		return reply{Status: http.StatusOK, Body: out}, err
	})
	c.srv.policies.forget()
	return answer, err
}

// listPermissionSets shows what every role may: the shipped ones, and the county's own over them.
func listPermissionSets(c *call) (any, error) {
	sets, err := office.PermissionSets(c.db())
	if err != nil {
		return nil, err
	}
	out := wire.PermissionSets{Sets: []wire.PermissionSet{}}
	for _, r := range office.Roles {
		out.Sets = append(
			out.Sets,
			wire.PermissionSet{
				ID: r.Code, Name: c.text("role." + r.Code), Shipped: true, Bases: []string{}, Permissions: permissionsOf(r.Code),
			},
		)
	}
	for _, s := range sets {
		w := wire.PermissionSet{
			ID: s.ID, Name: s.Name, NameEn: s.NameEn, Bases: s.Shipped(), Permissions: []string{}, ChangedBy: s.ChangedBy,
		}
		for _, b := range w.Bases {
			w.Permissions = append(w.Permissions, permissionsOf(b)...)
		}
		slices.Sort(w.Permissions)
		w.Permissions = slices.Compact(w.Permissions)
		out.Sets = append(out.Sets, w)
	}
	return out, nil
}

// setPermissionSet makes or changes a county's own role.
func setPermissionSet(c *call) (any, error) {
	var in wire.PermissionSetChange
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	answer, err := c.once(func(tx *gorm.DB) (reply, error) {
		if err := office.SetPermissions(tx, a, office.PermissionSet{ID: c.Param("id"), Name: in.Name, NameEn: in.NameEn},
			in.Bases); err != nil {
			return reply{}, err
		}
		out, err := listPermissionSets(c)
		return reply{Status: http.StatusOK, Body: out}, err
	})
	c.srv.policies.forget()
	return answer, err
}
