package commands

import (
	crand "crypto/rand"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// The draw is not foretold: chance decides, once.
var _ = register(map[string]Func{
	"review.draw": reviewDraw,
})

// reviewDraw seats experts by chance: as many as the rules ask for, or after a
// conflict as many as are missing. Who must stand aside is left out (rule B03),
// and seed and pool are kept, so that anyone can repeat the draw.
func reviewDraw(tx *gorm.DB, c Call) (Result, error) {
	var in struct {
		Specialties []string `json:"specialties"`
		MeetingAt   string   `json:"meetingAt"`
		Comment     string   `json:"comment"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	p, cycle, err := c.review(tx)
	if err != nil {
		return nil, err
	}
	seats, err := validSeats(tx, p.Code, cycle)
	if err != nil {
		return nil, err
	}
	need := c.number("expertCount") - len(seats)
	pool, err := drawPool(tx, c, p, cycle)
	if err != nil {
		return nil, err
	}
	if need > len(pool) || c.number("expertCount") == 0 {
		return nil, models.Refuse("pool-too-small", "need", fmt.Sprint(need), "pool", fmt.Sprint(len(pool)))
	}
	no, err := models.NextCode(tx, "CQ", c.Acting.On().Year())
	if err != nil {
		return nil, err
	}
	d := books.ExpertDraw{
		DrawNo: no, Project: p.Code, Cycle: cycle, Seed: newSeed(), Criteria: models.JSONOf(in), Pool: models.JSONOf(pool),
		At: c.Acting.At.UTC(), Actor: c.Acting.Person,
	}
	if err := tx.Create(&d).Error; err != nil {
		return nil, fmt.Errorf("draw %s: %w", no, err)
	}
	drawn := Shuffle(d.Seed, pool)[:max(0, need)]
	leader := leaderOf(seats)
	for _, person := range drawn {
		s := books.ExpertSeat{Project: p.Code, Cycle: cycle, PersonID: person, DrawNo: no, State: books.SeatDrawn, Leader: leader == ""}
		if s.Leader {
			leader = person
		}
		if err := tx.Create(&s).Error; err != nil {
			return nil, fmt.Errorf("seat of %s: %w", person, err)
		}
		if err := c.keepParty(tx, process.PartyExpert, "", person); err != nil {
			return nil, err
		}
	}
	return Result{"experts": drawn, "expertLeader": leader, "drawNo": no}, nil
}

// validSeats are the seats of a review that have not been voided.
func validSeats(tx *gorm.DB, project string, cycle int) ([]books.ExpertSeat, error) {
	var seats []books.ExpertSeat
	err := tx.Where("project = ? AND cycle = ? AND state <> ?", project, cycle, books.SeatVoid).Order("person_id").Find(&seats).Error
	if err != nil {
		return nil, fmt.Errorf("seats of %s: %w", project, err)
	}
	return seats, nil
}

func leaderOf(seats []books.ExpertSeat) string {
	for _, s := range seats {
		if s.Leader {
			return s.PersonID
		}
	}
	return ""
}

// drawPool is who may be drawn, in the order of person ids: not seated in this
// review before, no post in the applying department, and at most three reviews
// of that department in the year.
func drawPool(tx *gorm.DB, c Call, p books.Project, cycle int) ([]string, error) {
	posts, err := office.PostsIn(tx, "EXPERT", "experts", c.Acting.At)
	if err != nil {
		return nil, err
	}
	people, err := office.Members(tx, posts...)
	if err != nil {
		return nil, err
	}
	var barred []string
	year := fmt.Sprintf("%d", c.Acting.On().Year())
	err = tx.Raw(`SELECT person_id FROM expert_seat WHERE project = ? AND cycle = ?
		UNION SELECT person_id FROM post WHERE dept_id = ?
		UNION SELECT s.person_id FROM expert_seat s JOIN project q ON q.code = s.project JOIN expert_draw d ON d.draw_no = s.draw_no
			WHERE q.dept_id = ? AND q.code <> ? AND s.state = 'signed' AND d.draw_no LIKE ? GROUP BY s.person_id
			HAVING COUNT(DISTINCT s.project) >= 3`,
		p.Code, cycle, p.DeptID, p.DeptID, p.Code, "CQ-"+year+"-%").Scan(&barred).Error
	if err != nil {
		return nil, fmt.Errorf("avoidance for %s: %w", p.Code, err)
	}
	var pool []string
	for _, person := range people {
		if !slices.Contains(barred, person) {
			pool = append(pool, person)
		}
	}
	return pool, nil
}

// newSeed is 32 random bytes: nobody chooses it, and it is known afterwards.
func newSeed() string {
	var raw [32]byte
	_, _ = crand.Read(raw[:]) // never fails
	return hex.EncodeToString(raw[:])
}

// Shuffle orders a pool by a seed (ChaCha8 keyed with it, Fisher–Yates).
func Shuffle(seed string, pool []string) []string {
	var key [32]byte
	raw, err := hex.DecodeString(seed)
	if err != nil {
		raw = []byte(seed)
	}
	copy(key[:], raw)
	out := append([]string(nil), pool...)
	rand.New(rand.NewChaCha8(key)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
