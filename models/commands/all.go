package commands

// registry is the table of all commands, in the order of the catalogue.
var registry = map[string]Func{
	"application.complete": applicationComplete,
	"application.submit":   applicationSubmit,

	"formal.check":      formalCheck,
	"formal.supplement": formalSupplement,
	"formal.accept":     formalAccept,

	"review.pre":       reviewPre,
	"review.draw":      reviewDraw,
	"review.statement": reviewStatement,
	"review.opinion":   reviewOpinion,
	"review.tally":     reviewTally,
	"review.conclude":  reviewConclude,

	"trimming.save":      trimmingSave,
	"trimming.cross":     trimmingCross,
	"trimming.arbitrate": trimmingArbitrate,
	"trimming.reply":     trimmingReply,
	"trimming.deemed":    trimmingDeemed,
	"trimming.answer":    trimmingAnswer,
	"trimming.issue":     trimmingIssue,

	"approval.meeting": approvalMeeting,
	"approval.issue":   approvalIssue,
	"budget.state":     budgetState,
	"budget.fix":       budgetFix,

	"procurement.plan":   procurementPlan,
	"procurement.send":   procurementSend,
	"procurement.state":  procurementState,
	"procurement.failed": procurementFailed,

	"contract.draft":      contractDraft,
	"contract.sign":       contractSign,
	"contract.mirror":     contractMirror,
	"contract.milestones": contractMilestones,
	"clock.breach":        clockBreach,

	"construction.kickoff": constructionKickoff,
	"progress.report":      progressReport,
	"progress.done":        progressDone,

	"acceptance.facts":     acceptanceFacts,
	"acceptance.prepare":   acceptancePrepare,
	"acceptance.record":    acceptanceRecord,
	"acceptance.materials": acceptanceMaterials,

	"payment.state":   paymentState,
	"payment.request": paymentRequest,
	"payment.send":    paymentSend,

	"archive.collect": archiveCollect,
	"archive.detect":  archiveDetect,
	"archive.fix":     archiveFix,
	"archive.package": archivePackage,

	"rectification.open":     rectificationOpen,
	"rectification.dispatch": onIssue(rectificationDispatch),
	"rectification.analyse":  onIssue(rectificationAnalyse),
	"rectification.plan":     onIssue(rectificationPlan),
	"rectification.evidence": onIssue(rectificationEvidence),
	"rectification.verify":   onIssue(rectificationVerify),
	"rectification.refer":    onIssue(rectificationRefer),
	"rectification.reply":    onIssue(rectificationReply),

	"project.stage": projectStage,
	"project.close": projectClose,

	"partner.send":   partnerSend,
	"partner.remind": partnerRemind,
}
