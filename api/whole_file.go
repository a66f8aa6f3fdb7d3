package api

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/papers"
)

// takeWholeFile is everything that the house has on a project, for 审计 and 巡察: the rows of
// every table that names it, its documents, the audit chains with their proof, who read
// it, what was set aside, what was registered afterwards. Who took it and why is audited.
func takeWholeFile(c *call) (any, error) {
	reason, err := c.reasoned()
	if err != nil {
		return nil, err
	}
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	b := newBundle(c.now.UTC())
	err = c.srv.DB.Snapshot(c.Request.Context(), func(tx *gorm.DB) error {
		for _, put := range []func(*gorm.DB, *bundle, string) error{rowsOf, chainsOf, readersOf, aside} {
			if err := put(tx, b, p.Code); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	docs, err := papers.Documents(c.db(), p.Code)
	if err != nil {
		return nil, err
	}
	put := map[string]string{}
	for _, d := range docs {
		if _, err := c.putDocument(b, put, d.ID); err != nil {
			return nil, err
		}
	}
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		a := c.actingAs(c.who.Person.ID)
		a.Reason = reason
		return audit.Audit(
			tx, office.AccountChain, a,
			audit.AuditEntry{
				Action: "project.whole-file", Subject: p.Code, Project: p.Code,
				Detail: models.JSONOf(map[string]int{"documents": len(docs)}),
			},
		)
	})
	if err != nil {
		return nil, err
	}
	data, err := b.close(c.db())
	if err != nil {
		return nil, err
	}
	c.sendBundle(p.Code+" 项目全档.zip", data)
	return written, nil
}

// rowsOf are the rows of every table that has a column for the project.
func rowsOf(tx *gorm.DB, b *bundle, project string) error {
	tables, err := tx.Migrator().GetTables()
	if err != nil {
		return fmt.Errorf("tables: %w", err)
	}
	slices.Sort(tables)
	for _, table := range tables {
		column := "project"
		if table == "project" {
			column = "code"
		} else if names, err := columnsOf(tx, table); err != nil {
			return err
		} else if !slices.Contains(names, column) {
			continue
		}
		var rows []map[string]any
		if err := tx.Table(table).Where(column+" = ?", project).Limit(100_000).Find(&rows).Error; err != nil {
			return fmt.Errorf("rows of %s: %w", table, err)
		}
		if len(rows) == 0 {
			continue
		}
		for _, row := range rows {
			for k, v := range row {
				if raw, ok := v.([]byte); ok {
					row[k] = string(raw)
				}
			}
		}
		if err := b.addJSON("rows/"+table+".json", rows); err != nil {
			return err
		}
	}
	return nil
}

// columnsOf are the columns of a table.
func columnsOf(tx *gorm.DB, table string) ([]string, error) {
	rows, err := tx.Table(table).Limit(0).Rows()
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	return names, nil
}

// chainsOf are the audit chains in which the project is named, whole, with what checking them says.
func chainsOf(tx *gorm.DB, b *bundle, project string) error {
	var chains []string
	err := tx.Model(&audit.AuditEntry{}).
		Where("project = ? AND chain LIKE ?", project, "i:%").
		Distinct().
		Order("chain").
		Pluck("chain", &chains).
		Error
	if err != nil {
		return fmt.Errorf("chains of %s: %w", project, err)
	}
	proof := []any{}
	for _, chain := range chains {
		var rows []audit.AuditEntry
		if err := tx.Where("chain = ?", chain).Order("seq").Find(&rows).Error; err != nil {
			return fmt.Errorf("chain %s: %w", chain, err)
		}
		links := []any{}
		for _, r := range rows {
			links = append(links, map[string]any{"entry": r, "hash": r.Hash})
		}
		if err := b.addJSON("audit/"+strings.ReplaceAll(chain, ":", "-")+".json", links); err != nil {
			return err
		}
		result, err := audit.VerifyAudit(tx, chain)
		if err != nil {
			return err
		}
		head := ""
		if len(rows) > 0 {
			head = rows[len(rows)-1].Hash
		}
		proof = append(proof, map[string]any{"chain": chain, "entries": result.Entries, "head": head, "broken": result.Break})
	}
	return b.addJSON("audit/proof.json", proof)
}

// readersOf are the reads and exports of the project that were audited.
func readersOf(tx *gorm.DB, b *bundle, project string) error {
	var rows []audit.AuditEntry
	err := tx.Where("action IN ? AND (subject LIKE ? OR project = ?)", []string{audit.AccessRead, audit.AccessExport, "project.whole-file"},
		"%"+project+"%", project).
		Order("at, chain, seq").
		Find(&rows).
		Error
	if err != nil {
		return fmt.Errorf("readers of %s: %w", project, err)
	}
	if rows == nil {
		rows = []audit.AuditEntry{}
	}
	return b.addJSON("readers.json", rows)
}

// aside is what was answered or set aside of the rules' findings, and what was registered after its day.
func aside(tx *gorm.DB, b *bundle, project string) error {
	var answers []map[string]any
	if err := tx.Table("check_answer").Where("subject_kind = 'project' AND subject_id = ?", project).Find(&answers).Error; err != nil {
		return fmt.Errorf("answers of %s: %w", project, err)
	}
	if err := b.addJSON("answers.json", answers); err != nil {
		return err
	}
	var entries, late []audit.AuditEntry
	if err := tx.Where("project = ? AND business_date IS NOT NULL", project).Order("at, chain, seq").Find(&entries).Error; err != nil {
		return fmt.Errorf("entries of %s: %w", project, err)
	}
	for _, e := range entries {
		if e.BusinessDate != "" && e.BusinessDate != models.DateOf(e.At) {
			late = append(late, e)
		}
	}
	return b.addJSON("backfilled.json", late)
}
