package wire

// Inventory is the systems that departments have.
type Inventory struct {
	Items []System `json:"items"`
}

// System is one of the inventory.
type System struct {
	ID         string `json:"id"`
	Unit       string `json:"unit"`
	Name       string `json:"name"`
	Functions  string `json:"functions,omitempty"`
	BuiltYear  int    `json:"builtYear,omitempty"`
	Cost       string `json:"cost"`
	Users      int    `json:"users,omitempty"`
	LastActive string `json:"lastActive,omitempty"`
	Source     string `json:"source,omitempty"`
	Project    string `json:"project,omitempty"`
}

// InventoryImport is a sheet to take over: .xlsx or .csv, base64 in JSON.
type InventoryImport struct {
	FileName string `json:"fileName"`
	Content  []byte `json:"content"`
	Reason   string `json:"reason"`
}

// InventoryImported says how many rows were taken over.
type InventoryImported struct {
	Rows int `json:"rows"`
}
