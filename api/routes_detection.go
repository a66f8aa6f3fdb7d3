package api

import "net/http"

const inventoryWrite permission = "inventory.write"

// The inventory of systems that applications are held against.
var _ = open(room{
	Grants: map[permission][]string{inventoryWrite: heads},
	Routes: []route{
		{http.MethodGet, "/api/v1/inventory", projectRead, listInventory, false},
		{http.MethodPost, "/api/v1/inventory/import", inventoryWrite, importInventory, false},
	},
})
