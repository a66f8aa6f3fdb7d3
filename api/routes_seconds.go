package api

import (
	"net/http"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/office"
)

const (
	secondRead   permission = "second.read"
	secondAsk    permission = "second.ask"
	secondDecide permission = "second.decide"
	sealedRead   permission = "sealed.read"
	supplierRead permission = "supplier.block.read"
	glassAsk     permission = "glass.ask"
)

// Acts of the house that wait for a second person. Who of them asks for which act,
// and who confirms it, is the table of engine/seconds.json; the keeper of experts is
// the office where nobody is.
var _ = open(room{
	Roles: map[string]sight{"EXPERT_KEEPER": seesNothing},
	Grants: map[permission][]string{
		secondRead: {
			"BUREAU_CHIEF", "BUREAU_DEPUTY", "BUREAU_DIRECTOR", "OFFICE", "EXPERT_KEEPER", "AUDITOR", "BACK_REGISTRAR", "BACK_VERIFIER",
		},
		secondAsk:    {"BUREAU_CHIEF", "OFFICE", "EXPERT_KEEPER", "AUDITOR"},
		secondDecide: {"BUREAU_CHIEF", "BUREAU_DIRECTOR", "AUDITOR", "BACK_VERIFIER"},
		sealedRead:   {"AUDITOR"},
		expertRead:   {"EXPERT_KEEPER", "OFFICE"},
		supplierRead: with(heads, "OFFICE", "EXPERT_KEEPER", "AUDITOR", "BUREAU_LEGAL", "PROCUREMENT_LIAISON"),
		glassAsk:     {office.SysAdmin},
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/second-requests", secondRead, listSecondRequests, false},
		{http.MethodPost, "/api/v1/second-requests", secondAsk, askSecondRequest, false},
		{http.MethodPost, "/api/v1/second-requests/{id}", secondDecide, decideSecondRequest, false},
		{http.MethodPost, "/api/v1/instances/{key}/sealed-read", sealedRead, askSealedRead, false},
		{http.MethodGet, "/api/v1/supplier-blocks", supplierRead, listSupplierBlocks, false},
		{http.MethodPost, "/api/v1/break-glass", glassAsk, askBreakGlass, false},
	},
})

func listSupplierBlocks(c *call) (any, error) {
	all, err := office.SupplierBlocks(c.db())
	if err != nil {
		return nil, err
	}
	out := wire.SupplierBlockPage{Items: []wire.SupplierBlock{}}
	for _, b := range all {
		out.Items = append(out.Items, wire.SupplierBlock{Uscc: b.Uscc, Name: b.Name, Until: string(b.Until), Why: b.Why})
	}
	return out, nil
}
