package fault

import "slices"

// The catalogue. Codes are part of the API: they are added, never changed; docs/errors.md is made from this list.
var (
	InvalidInput    = define("invalid_input", Invalid, "输入有误，请按 errors 中的位置逐项修改。", "The input is wrong; mend each place listed in errors.")
	InvalidCursor   = define("invalid_cursor", Invalid, "分页游标无效，或属于另一个查询；请从第一页重新开始。", "The cursor is broken or belongs to another query; start again from the first page.")
	MalformedBody   = define("malformed_body", Invalid, "请求正文不是一份完整合法的 JSON。", "The body is not one complete, valid JSON document.")
	BodyTooLarge    = define("body_too_large", TooLarge, "请求正文过大。", "The body is too large.")
	UnsupportedBody = define("unsupported_media_type", UnsupportedType, "请求正文须为 application/json。", "The body must be application/json.")
	NoSuchMethod    = define("method_not_allowed", MethodNotAllowed, "该地址不支持此方法。", "This path does not take that method.")

	SignInRequired     = define("sign_in_required", Unauthenticated, "请先登录。", "Sign in first.")
	TokenInvalid       = define("token_invalid", Unauthenticated, "令牌无效或已过期，请重新登录。", "The token is unknown, revoked or expired; sign in again.")
	WrongCredentials   = define("wrong_credentials", Unauthenticated, "用户名或密码不正确。", "The user name or the password is wrong.")
	WrongPassword      = define("wrong_password", Forbidden, "原密码不正确。", "The present password is wrong.")
	AccountDeactivated = define("account_deactivated", Forbidden, "该账号已停用，如需恢复请联系运营方。", "The account is deactivated; ask the bureau if it should be restored.")
	NotAllowed         = define("not_allowed", Forbidden, "您没有执行此操作的权限。", "You may not do this.")
	OwnDecision        = define("own_decision", Forbidden, "不能对自己提交、录入或参与的事项作出决定，请由另一人办理。", "Nobody decides on what they submitted, entered or belong to; another person must do it.")
	NotVisible         = define("not_found", NotFound, "没有找到该记录。", "There is no such record.")

	VersionStale    = define("version_stale", Stale, "记录已被更新，请重新读取后再试。", "The record has changed since you read it; read it again and retry.")
	VersionRequired = define("version_required", Precondition, "请在 If-Match 中给出读取时得到的 ETag。", "Send the ETag that you read in If-Match.")
	KeyRequired     = define("idempotency_key_required", Invalid, "请提供 Idempotency-Key。", "Send an Idempotency-Key.")
	KeyReused       = define("idempotency_key_reused", Conflict, "该 Idempotency-Key 已用于另一份内容，请换一个。", "This Idempotency-Key was used with other content; use another.")

	WrongState          = define("wrong_state", Conflict, "记录当前的状态不允许此操作。", "The record's state does not allow this.")
	UsernameTaken       = define("username_taken", Conflict, "用户名已被使用。", "The user name is taken.")
	CreditCodeTaken     = define("credit_code_taken", Conflict, "该统一社会信用代码的单位已经登记，请联系其管理员加入。", "An organization with this credit code exists; ask its administrator to add you.")
	AlreadyMember       = define("already_member", Conflict, "该用户已是本单位成员。", "The account is already a member.")
	LastAdministrator   = define("last_administrator", Conflict, "这是单位唯一的管理员，请先将管理员交给另一位成员。", "They are the organization's only administrator; make another member one first.")
	LastOperator        = define("last_operator", Conflict, "这是唯一的运营方账号，不能停用或免去。", "It is the only account of the bureau and stays.")
	OperatorAlready     = define("operator_already", Conflict, "该账号已是运营方账号，或已被提名、待另一位运营人员确认。", "The account is the bureau's already, or proposed and waits for the word of a second operator.")
	NotOperator         = define("not_operator", Conflict, "该账号不是运营方账号，也未被提名。", "The account is not the bureau's, nor proposed.")
	OperatorsThere      = define("operators_there", Conflict, "已有两位运营人员：其他运营方账号由一人提名、另一人确认（POST /v1/accounts/{id}/propose-operator）。确需由服务器命令建立的，请用 --reason 说明理由，理由记入审计。", "There are two operators: others are proposed by one and confirmed by another (POST /v1/accounts/{id}/propose-operator). Where it has to be by a command on the server, say why by --reason, which stays in the audit trail.")
	NotMember           = define("not_member", Conflict, "该账号不是本单位成员。", "The account is no member of the organization.")
	NoProposal          = define("no_open_change", Conflict, "没有待核验的变更。", "No change waits for verification.")
	RegisterOverlap     = define("register_overlap", Conflict, "该人员在同一名册（机构）中已有期间重叠的条目。", "The person has an entry in this register, at this office, whose days overlap.")
	EntryOver           = define("entry_over", Conflict, "该条目已经结束，不再变更；如需继续，请新增条目。", "The entry is over and stays as it is; make another one.")
	EntryTooOld         = define("entry_too_old", Conflict, "该条目的起日已过去一年以上，不能再确认；请删除后按新的起日提出。", "The entry began more than a year ago and is confirmed no more; delete it and propose one with a later first day.")
	EntryBegun          = define("entry_begun", Conflict, "该条目已经生效，不能删除；请填写止日。", "The entry has begun and cannot be deleted; end it.")
	NothingToConfirm    = define("nothing_to_confirm", Conflict, "没有待另一位运营人员确认的内容。", "Nothing waits for the word of a second operator.")
	SecondOperator      = define("awaits_second_operator", Conflict, "此项由一位运营人员提出，须另一位运营人员确认后才能办理。", "One operator has proposed this; it takes the word of a second one first.")
	TooManyOffers       = define("too_many_offers", Conflict, "未答复的邀请过多，暂不能再邀请；待对方答复、邀请到期或撤回后即可。", "Too many offers wait for an answer; once some are answered, over or taken back there is room again.")
	NameLooksTaken      = define("name_looks_taken", Conflict, "该名称与一家已核验单位的名称只差形近的字符，容易误认，请使用登记的全称。", "The name differs from a verified organization's by characters that look alike only; use the registered name.")
	OfficeRegionTaken   = define("office_region_taken", Conflict, "该区域已有一个合同登记机构。", "Another office covers this region.")
	OfficeEnded         = define("office_ended", Conflict, "该登记机构已经撤销。", "The office has ended.")
	OrganizationPending = define("organization_pending", Conflict, "单位尚未通过核验，暂不能提交或发布。", "The organization is not verified yet; it may draft, but not submit or publish.")
	AlreadyIntroduced   = define("already_introduced", Conflict, "双方就该成果与需求已有进行中的对接。", "An introduction of these two is already under way.")
	IntroductionPaused  = define("introduction_paused", TooMany, "对方谢绝后须间隔一段时间，方可再次向其提出对接。", "After a refusal some time passes before the same side may be asked again.")
	ListingOver         = define("listing_over", Conflict, "对接所涉的成果或需求已不再公开，不能再同意。", "What the introduction is about is public no longer; it cannot be accepted.")
	NeedHeld            = define("need_held", Conflict, "该需求已转为揭榜挂帅榜题，在榜题结束前不受理对接，也不能关闭。", "The need is a challenge now: until that ends it takes no introductions and is not closed.")
	CalendarLoaded      = define("calendar_loaded", Conflict, "该年的放假安排已经载入，请修改已有的一份。", "The calendar of this year is loaded already; correct that one.")
	NoRevision          = define("no_open_revision", NotFound, "该记录没有未发布的修订稿。", "The record has no open revision.")
	ExternalIDTaken     = define("external_id_taken", Conflict, "该外部编号已属于本单位的另一条记录。", "This external id belongs to another record of the organization.")
	DeadlinePassed      = define("deadline_passed", Conflict, "需求的截止日已过，请先修改截止日。", "The need's deadline has passed; change it first.")
	ControlLinkThere    = define("control_link_there", Conflict, "同一时期已有同类控制关系，请修改已有的一条。", "There is a link of this kind for the same time; correct that one.")
	ControlTooWide      = define("control_too_wide", Conflict, "相关的控制关系过多，请缩小范围或联系运维。", "There are more links around these companies than one question looks at.")
	ChainCodeTaken      = define("chain_code_taken", Conflict, "已有此代码的产业链，请修改已有的一条。", "A chain with this code exists; correct that one.")
	OfficeCodeTaken     = define("office_code_taken", Conflict, "该登记机构代码已存在。", "An office with this code exists.")
	NoOffice            = define("no_registration_office", Conflict, "卖方所在地没有合同登记机构，请联系管理部门。", "No registration office covers the seller's place; ask the bureau.")
	NotInTerm           = define("contract_not_in_term", Conflict, "合同须在生效之后、有效期之内提交登记。", "A contract is filed after it takes effect and before it expires.")
	ApplicationOpen     = define("application_open", Conflict, "该合同已有一项在办申请，请待其办结。", "The contract has an application under way; wait for its outcome.")
	DealNotAgreed       = define("deal_not_agreed", Conflict, "所关联的撮合项目尚未达成一致，不能签约登记。", "The deal behind this contract has not reached agreement.")
	AlreadyAgreed       = define("already_agreed", Conflict, "本方已表示达成一致，请等待对方确认。", "Your side has said that it agrees; the other side's word is waited for.")
	DealHasContract     = define("deal_has_contract", Conflict, "该撮合项目已有一份合同。", "This deal has a contract already.")
	OfficialNumberTaken = define("official_number_taken", Conflict, "该登记编号已用于另一份合同，请核对。", "Another contract has this official number; check it.")
	ContractWasFiled    = define("contract_was_filed", Conflict, "该合同曾提交申请，申请及其办理记录予以保留，不能删除；可修改后再次提交，或留作草稿（草稿不占用撮合项目）。", "The contract was handed in once: its application and what became of it are kept, so it is not deleted. Change it and file it again, or leave it as a draft, which holds no deal.")
	PaymentThere        = define("payment_there", Conflict, "该合同已有此编号的收款记录。", "A payment of this contract has this number already.")
	ReversalStays       = define("reversal_stays", Conflict, "没有可以冲正的金额：冲正记录不再冲正，已全额冲正的也是；如需更正，请另记一笔收款。", "Nothing is left to reverse: a reversal is not reversed, nor what was reversed in whole; record another payment instead.")
	TakenByAnother      = define("taken_by_another", Conflict, "该办件已由另一名登记员受理。", "Another registrar has taken this application.")
	TwinUnexplained     = define("twin_unexplained", Conflict, "疑似与另一份合同重复；确非同一合同的，请说明理由后登记。", "It may be the same contract as another; where it is not, say why and grant it again.")

	NoticeRunning     = define("notice_running", Conflict, "该事项已有公示在进行，请待其结束或先撤回。", "A notice of this runs already; wait for its end, or take it back first.")
	NoticeOver        = define("notice_over", Conflict, "公示期已届满，不再接受异议。", "The period of the notice is over; objections are taken no more.")
	RoundCodeTaken    = define("round_code_taken", Conflict, "已有此代码的批次，请另取一个。", "A round with this code exists; choose another.")
	RoundNotOpen      = define("round_not_open", Conflict, "该批次现在不征集榜题。", "The round takes no challenges now.")
	TemplateNameTaken = define("template_name_taken", Conflict, "已有同名的评审指标模板，请修改已有的一份。", "A template with this name exists; change that one.")
	BudgetExceeded    = define("budget_exceeded", Conflict, "超出本批预算。", "It is more than the round has.")
	CommentsOpen      = define("comments_open", Conflict, "尚有未处理的修改意见，请先逐条处理。", "Comments wait for an answer; settle each first.")
	NotMeasurable     = define("not_measurable", Conflict, "技术指标尚不能衡量，请按 errors 中的位置补齐。", "The indicators cannot be measured yet; mend each place listed in errors.")
	BidThere          = define("bid_there", Conflict, "本单位对该榜题已有一份揭榜申请，请修改已有的一份。", "The organization has a bid for this challenge already; change that one.")
	BidTied           = define("bid_tied_to_poster", Conflict, "牵头或合作单位与发榜方为同一单位或受同一控制，不能揭榜。", "A member of the team is the poster, or stands under one control with it.")
	BlacklistThere    = define("blacklist_entry_there", Conflict, "该单位同一时期已在名单中，请修改已有的一条。", "The organization is on the list for the same time already; correct that entry.")
	BidsClosed        = define("bids_closed", Conflict, "揭榜已截止。", "The deadline has passed.")
	DeadlineTooSoon   = define("deadline_too_soon", Conflict, "截止时间过早。", "The deadline is too soon.")

	DrawNotCommitted = define("draw_not_committed", Conflict, "抽取用的密值与事先公布的摘要不符。", "The secret of the draw is not the one whose digest was published.")
	TooFewReviewers  = define("too_few_reviewers", Conflict, "可抽取的评审专家不足。", "There are too few experts to draw from.")
	ScoresMissing    = define("scores_missing", Conflict, "评分尚未齐备。", "Scores are missing still.")
	ItemWithdrawn    = define("item_withdrawn", Conflict, "该项目已退出评审，不再评分。", "The item has left the review; it is scored no more.")
	NotTheChair      = define("not_the_chair", Forbidden, "合议意见由评审组长记录。", "The one who leads the panel records what it agrees on.")

	FileRefused      = define("file_refused", Invalid, "不能受理这个文件。", "This file is not taken.")
	UploadOffset     = define("upload_offset", Conflict, "起点与已收到的内容不符，请读取上传进度后再继续。", "The offset does not fit what has been received; read the upload and go on from there.")
	UploadIncomplete = define("upload_incomplete", Conflict, "文件尚未传完。", "Not all of the file has been received.")
	TooManyUploads   = define("too_many_uploads", Conflict, "您未完成的上传过多：请先传完或取消其中一些；未完成的一天后自动清除。", "You have too many uploads under way: complete or cancel some; what is not completed is cleared away after a day.")
	TooManyFiles     = define("too_many_files", Conflict, "该记录的附件已满。", "The record has as many files as one may have.")
	FileHandedIn     = define("file_handed_in", Conflict, "附件已随申请提交，不能再移除；如需更正，请另附一份。", "The file was handed in with an application and stays; add a corrected one beside it.")
	RangeOutside     = define("range_outside", OutOfReach, "所要的字节范围在文件末尾之后。", "The range that is asked for begins behind the end of the file.")
	LinkInvalid      = define("link_invalid", Invalid, "链接或验证码无效、已用过或已过期，请重新申请。", "The link or its code is unknown, used or expired; ask for another.")
	EmailTaken       = define("email_taken", Conflict, "该邮箱已属于另一账号。", "The address belongs to another account.")
	MailOver         = define("mail_over", Conflict, "邮件内容已失效，不能再发送；请让对方重新申请。", "What the mail offers is over; have it asked for anew.")

	RequestTimeout      = define("request_timeout", TooSlow, "请求发送得太慢，已停止接收；请在网络畅通时重试。", "The request came too slowly and was not waited for; try again over a better connection.")
	Overloaded          = define("overloaded", Unavailable, "系统正忙，未能及时办理；请稍后用同一个 Idempotency-Key 重试，不会重复办理。", "The system is too busy to answer in time; retry shortly with the same Idempotency-Key, nothing is done twice.")
	RateLimited         = define("rate_limited", TooMany, "请求过于频繁，请稍后再试。", "Too many requests; try again later.")
	DatabaseUnavailable = define("database_unavailable", Unavailable, "数据库暂时不可用，请稍后重试；用同一个 Idempotency-Key 重试不会重复办理。", "The database is not available for the moment; retry with the same Idempotency-Key, nothing is done twice.")
	SearchUnavailable   = define("search_unavailable", Unavailable, "检索正在恢复，请稍后重试。", "Search is recovering; try again shortly.")
	StorageFull         = define("storage_full", Unavailable, "存储空间已满，已收到的内容保留，请稍后从断点继续。", "There is no room left; what was received stays, go on from there later.")
	StorageUnavailable  = define("storage_unavailable", Unavailable, "文件存储暂时不可用，请稍后重试。", "The file store is not available for the moment; try again later.")
	Failure             = define("internal_error", Internal, "系统内部出错，我们已记录；请附上 request_id 联系管理员。", "Something failed on our side and was recorded; mention the request_id when you ask about it.")
)

var catalogue []Definition

func define(code string, kind Kind, zh, en string) Definition {
	if slices.ContainsFunc(catalogue, func(d Definition) bool { return d.Code == code }) {
		panic("fault: code defined twice: " + code)
	}
	d := Definition{Code: code, Kind: kind, Text: Text{zh, en}}
	catalogue = append(catalogue, d)
	return d
}

// Catalogue lists every definition, in the order of the source.
func Catalogue() []Definition { return slices.Clone(catalogue) }
