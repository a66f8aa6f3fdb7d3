package rules

import (
	"time"

	"github.com/quancheng/quancheng/models"
)

// RuleEval says how a decision came about (rules.md §0): what was put in, under
// which packs, which rows of the tables held, and what came out.
type RuleEval struct {
	ID         int64 `gorm:"primaryKey;autoIncrement"`
	Root       int64
	Project    string
	ElementKey int64
	Element    string
	Decision   string
	Pack       string      // pinned by the project, else in force
	InForce    string      // of the parameters that float
	Inputs     models.JSON // by name
	Output     models.JSON
	Hits       models.JSON // []TableHit
	Event      string
	At         time.Time
	Run        int64       // the check run that it is a part of; 0: a decision of a model
	Rule       string      // of a check run
	Severity   string      // hard, soft; empty of a route or computation
	State      string      // Pass, Remind, Block, Unknown, Error
	Findings   models.JSON // []Finding
	Missing    models.JSON // pointers of what is not known
}

// TableHit is one run of a decision table with the numbers of the rules that held, from 1.
type TableHit struct {
	Table     string `json:"table"`
	HitPolicy string `json:"hitPolicy"`
	Rules     []int  `json:"rules"`
}

// TableName of the entity.
func (RuleEval) TableName() string { return "rule_eval" }
