package fault

// byKind is what helps with any fault of a kind.
var byKind = map[Kind]Text{
	Invalid:          {"按 errors 中的位置改正后重发；原样重发只会得到同样的结果。", "Mend what errors names and send it again; the same call gives the same answer."},
	Unauthenticated:  {"用 POST /v1/sessions 登录，把得到的令牌放入 Authorization: Bearer。", "Sign in by POST /v1/sessions and send the token as Authorization: Bearer."},
	Forbidden:        {"换有权限的人办理；谁可以做什么见权限页。", "Have somebody do it who may; the page of permissions tells who."},
	NotFound:         {"核对地址与标识；记录也可能已撤回，或不对您公开。", "Check address and identifier; the record may also be withdrawn, or not be yours to see."},
	Conflict:         {"重新读取记录，按其当前状态决定下一步。", "Read the record again and go on from what it is now."},
	Stale:            {"重新读取记录，把改动并到新的内容上，带新的 ETag 重发。", "Read the record again, put your change on what it is now, and send it with the new ETag."},
	Precondition:     {"先读取记录，把得到的 ETag 放入 If-Match。", "Read the record first and send its ETag in If-Match."},
	TooLarge:         {"减小正文；文件请用上传接口分段发送。", "Send less; files go by uploads, in pieces."},
	UnsupportedType:  {"在 Content-Type 中写明接口描述所列的类型。", "Send the Content-Type that the description names."},
	MethodNotAllowed: {"按 Allow 首部或接口描述改用其他方法。", "Use one of the methods in the Allow header, or in the description."},
	OutOfReach:       {"先读取文件的大小，只要其中的部分。", "Read the size of the file first and ask for a part of it."},
	TooSlow:          {"检查网络后重发；用同一个 Idempotency-Key 不会重复办理。", "Look at your connection and send it again; with the same Idempotency-Key nothing is done twice."},
	TooMany:          {"等待 Retry-After 所示的秒数后再试，并放慢请求。", "Wait for the seconds in Retry-After, and call less often."},
	Unavailable:      {"等待 Retry-After 所示的秒数后用同一个 Idempotency-Key 重试。", "Wait for the seconds in Retry-After and retry with the same Idempotency-Key."},
	Internal:         {"稍后重试；若仍如此，请附 request_id 告知管理员。", "Try again later; if it stays so, tell the administrator with the request_id."},
}

// remedies are what helps with one code where its kind says too little.
var remedies = map[string]Text{
	"invalid_cursor":           {"去掉 cursor 从第一页开始；翻页时不要更改其他查询参数。", "Start without a cursor, and change no other parameter while you page."},
	"malformed_body":           {"检查 JSON 语法、UTF-8 编码与重复的名称；errors 指出出错的位置。", "Check syntax, UTF-8 and doubled names; errors tells where it breaks."},
	"wrong_credentials":        {"核对用户名与密码；忘记密码可用 POST /v1/password-resets 重设。", "Check both; a forgotten password is set anew by POST /v1/password-resets."},
	"token_invalid":            {"重新登录取得新令牌；改过密码后旧令牌都会失效。", "Sign in for a new token; a change of password ends all old ones."},
	"own_decision":             {"请本单位或本机构的另一人办理。", "Have another person of the organization or office do it."},
	"twin_unexplained":         {"核对 twins 中所列合同；确非同一合同的，在 twin_reason 中说明理由后再登记，是同一合同的，不予登记。", "Compare with the contracts in twins; where it is not the same, grant with twin_reason, and where it is, refuse."},
	"listing_over":             {"请对方重新发布后另行提出对接，或直接联系对方。", "Have it published again and propose another introduction, or get in touch with the other side."},
	"idempotency_key_required": {"为这次新建自拟一个唯一的键（如 UUID），重试时不变。", "Make a unique key for this creation, a UUID for example, and keep it when you retry."},
	"idempotency_key_reused":   {"重试须发送完全相同的内容；新的内容用新的键。", "A retry sends the very same; other content takes another key."},
	"operators_there":          {"请一位运营人员提名、另一位确认；确需用命令的，加 --reason。", "Have one operator propose and another confirm; where it must be the command, add --reason."},
	"entry_too_old":            {"删除该条目，按一年之内的起日另行提出。", "Delete the entry and propose one that begins within a year."},
	"wrong_state":              {"看 state 与 allowed_states：先把记录带到其中之一，各状态见状态页。", "See state and allowed_states: lead the record there first; the page of states shows how."},
	"username_taken":           {"换一个用户名；若是您自己的账号，请直接登录。", "Choose another; if it is yours, sign in."},
	"credit_code_taken":        {"请该单位的管理员把您加为成员；若代码被他人误用，请联系科技局。", "Ask its administrator to add you; if somebody used your code, tell the bureau."},
	"organization_pending":     {"等待核验完成；在此之前可以起草。", "Wait until it is verified; until then you may draft."},
	"already_introduced":       {"在已有的对接中继续，见 GET /v1/introductions。", "Go on in the one that is under way, see GET /v1/introductions."},
	"introduction_paused":      {"看 detail 中的时刻与对方谢绝的理由，改好后再提出；连续谢绝则间隔加倍，最长 32 天。", "See detail for the moment and the refusal for its reason, and mend that first; each refusal in a row doubles the wait, up to 32 days."},
	"external_id_taken":        {"errors 指明该编号属于哪条记录；改用其他编号，或修改那条记录。", "errors names the record that has it; use another, or change that record."},
	"deadline_passed":          {"把截止日改到今天或以后，再提交。", "Set the deadline to today or later, then go on."},
	"no_registration_office":   {"核对卖方所在地；若确无登记机构，由买方按在其他地区登记录入。", "Check the seller's region; if there is none, the buyer enters it as registered elsewhere."},
	"contract_not_in_term":     {"核对签订、生效与届满日期；生效之日起、届满之前提交。", "Check the days of signing, effect and expiry; file between the last two."},
	"application_open":         {"待在办的一项办结，见 GET /v1/applications。", "Wait for the one under way, see GET /v1/applications."},
	"deal_not_agreed":          {"先由双方把撮合项目推进到达成一致，或去掉 deal_id。", "Lead the deal to agreement first, or leave deal_id out."},
	"contract_was_filed":       {"修改合同后再次提交，或留作草稿。", "Change the contract and file it again, or leave it as a draft."},
	"file_handed_in":           {"另行上传更正后的文件。", "Upload a corrected file beside it."},
	"taken_by_another":         {"由受理人办理；或先转交（hand-over）、退回（release）。", "Leave it to them, or have it handed over or released first."},
	"deal_has_contract":        {"修改已有的那份合同，或去掉 deal_id 另行录入。", "Change the contract that it has, or leave deal_id out."},
	"official_number_taken":    {"核对登记编号；同一份合同不要登记两次。", "Check the number; a contract is not registered twice."},
	"upload_offset":            {"用 GET /v1/uploads/{id} 读取 received，从该处继续。", "Read received by GET /v1/uploads/{id} and go on from there."},
	"import_has_no_file":       {"以 object_kind=import 上传文件，再开始。", "Upload a file with object_kind=import, then start it."},
	"upload_incomplete":        {"继续发送余下的部分，再办理完成。", "Send the rest, then complete it."},
	"file_refused":             {"看 detail：换允许的类型，去掉加密、宏或嵌套过深的内容。", "See detail: use a kind that is taken, without encryption, macros or deep nesting."},
	"notice_over":              {"看 detail 中的末日与服务器时间；逾期的情况可另行向主管部门反映。", "See detail for the last day and the server's time; what comes later may still be told to the authority."},
	"link_invalid":             {"重新申请邮件；只用最近一封里的链接。", "Ask for another mail, and use the link of the latest one."},
	"wrong_password":           {"重新键入原密码；忘记的，用 POST /v1/password-resets 重设。", "Type the old password again; a forgotten one is set anew by POST /v1/password-resets."},
	"account_deactivated":      {"请运营方恢复账号。", "Ask an operator to restore the account."},
	"no_open_revision":         {"先用 PUT 写出修订稿；已发布的修订稿即是记录本身。", "Write a revision by PUT first; one that was published is the record itself."},
	"already_member":           {"无需再办；角色可在成员列表中更改。", "Nothing is left to do; a role is changed in the list of members."},
	"last_administrator":       {"先把管理员角色交给另一位成员。", "Give the role of administrator to another member first."},
	"last_operator":            {"先由两位运营人员任命另一位。", "Have another operator appointed first."},
	"operator_already":         {"无需再办；已被提名的，请另一位运营人员确认。", "Nothing is left to do, or another operator confirms it."},
	"not_operator":             {"核对用户名；任命由一位运营人员提名、另一位确认。", "Check the user name; an operator is proposed by one and confirmed by another."},
	"not_member":               {"核对用户名；先邀请其加入。", "Check the user name; invite them first."},
	"no_open_change":           {"先在单位信息中提出变更。", "Propose a change of the organization first."},
	"register_overlap":         {"改用不重叠的起止日，或先结束已有的条目。", "Choose days that do not overlap, or end the entry that is there first."},
	"entry_over":               {"新增一条，起日在已结束的条目之后。", "Add an entry that begins after the one that has ended."},
	"entry_begun":              {"填写止日来结束它。", "End it by a last day."},
	"nothing_to_confirm":       {"重新读取记录：可能已由他人确认或撤回。", "Read the record again: somebody may have confirmed it, or taken it back."},
	"awaits_second_operator":   {"请提出者以外的运营人员确认。", "Have an operator other than the proposer confirm it."},
	"too_many_offers":          {"撤回不再需要的邀请，或等待答复。", "Take back invitations that are not needed, or wait for answers."},
	"name_looks_taken":         {"填写登记证书上的全称；确为另一单位的，请联系运营方。", "Give the full name of the certificate; where it is another organization, get in touch with an operator."},
	"office_region_taken":      {"在已有的机构下办理，或先调整其区域。", "Use the office that is there, or change its region first."},
	"office_ended":             {"选择仍在运行的机构，见 GET /v1/offices。", "Choose an office that is running, see GET /v1/offices."},
	"webhook_off":              {"先启用（enable），再重试。", "Enable it first."},
	"too_many_webhooks":        {"删除不再使用的一个，再新建。", "Delete one that is not used, then make the new one."},
	"delivery_waits":           {"等待自动重发；时刻见 next_at。", "Wait: it is sent again by itself."},
	"api_key_revoked":          {"另建一个密钥。", "Make another key."},
	"too_many_api_keys":        {"停用不再使用的一个，再新建。", "Revoke one that is not used, then make the new one."},
	"too_many_saved_searches":  {"删去不再需要的一个，再保存。", "Delete one that is not needed, then save the new one."},
	"mandate_over":             {"另行提出新的委托。", "Propose another mandate."},
	"mandate_conflict":         {"请委托方阅读 conflicts 后，在答复中明示知悉。", "Have the principal read conflicts and accept with that knowledge."},
	"mandate_not_running":      {"换用此刻有效、范围相符的委托，见 GET /v1/mandates。", "Use a mandate that runs now and covers it, see GET /v1/mandates."},
	"need_held":                {"待榜题结束后再办；现在请到榜题上办理。", "Wait until the challenge ends; until then act on that."},
	"calendar_loaded":          {"用 PUT 修改该年的安排。", "Change that year's calendar by PUT."},
	"organization_suspended":   {"请单位联系运营方了解理由；恢复后再办。", "Ask an operator why; go on once the suspension is lifted."},
	"taken_down":               {"在举报记录中阅读理由并申诉（appeal）；撤销后即可提交。", "Read the reason in the report and appeal; it can be submitted once the decision is overturned."},
	"reported_already":         {"等待处理；要补充事实的，先撤回再重新举报。", "Wait for the answer; to add facts, take it back and report again."},
	"not_suspended":            {"重新读取单位：可能已经恢复。", "Read the organization again: it may have been lifted."},
	"zone_code_taken":          {"换一个代码，或修改已有的功能区。", "Choose another code, or change the zone that has it."},
	"indicator_code_taken":     {"换一个代码；定义一经启用不再更改。", "Choose another code; a definition does not change once it is in use."},
	"indicator_computed":       {"不必填报；数字见 GET /v1/indicators。", "Nothing is to be reported; the figure is in GET /v1/indicators."},
	"month_not_over":           {"月末十五分钟之后再固化。", "Freeze it a quarter of an hour after the month's end."},
	"report_frozen":            {"其后的变化写入下一月的月报。", "What changed since goes into the next month's report."},
	"grade_overlap":            {"修改已有的一条，或改用不重叠的期间。", "Change the one that is there, or choose days that do not overlap."},
	"certificate_taken":        {"核对证书编号；确有冲突的，请联系运营方。", "Check the number of the certificate; where both are right, tell an operator."},
	"control_link_there":       {"修改已有的一条，或改用其他期间。", "Change the one that is there, or choose other days."},
	"control_too_wide":         {"缩小查询的层数或单位范围。", "Ask for fewer steps or fewer organizations."},
	"chain_code_taken":         {"换一个代码，或修改已有的产业链。", "Choose another code, or change the chain that has it."},
	"office_code_taken":        {"换一个代码。", "Choose another code."},
	"already_agreed":           {"等待对方表示同意；可先写备注说明。", "Wait until the other side agrees; a note may tell them."},
	"payment_there":            {"核对外部编号：同一笔付款不要记两次。", "Check the external id: a payment is not recorded twice."},
	"reversal_stays":           {"另记一笔付款来更正。", "Record another payment to correct it."},
	"notice_running":           {"等公示结束，或先撤回。", "Wait until it ends, or withdraw it first."},
	"round_code_taken":         {"换一个批次代码。", "Choose another code for the round."},
	"round_not_open":           {"等批次开放征集，或选择正在征集的批次，见 GET /v1/rounds。", "Wait until the round is open, or choose one that is, see GET /v1/rounds."},
	"template_name_taken":      {"换一个名称，或修改已有的模板。", "Choose another name, or change the template that has it."},
	"budget_exceeded":          {"减小金额，或由运营方增加该批预算；余额见批次。", "Lower the amount, or have the round's budget raised; the round tells what is left."},
	"comments_open":            {"逐条答复或采纳 comments 后再提交。", "Answer each comment first."},
	"not_measurable":           {"按 errors 补齐名称、单位、比较方式、数值与检测方法。", "Complete name, unit, comparison, value and test method as errors says."},
	"bid_there":                {"修改已有的一份，见 GET /v1/bids?mine=true。", "Change the one that is there, see GET /v1/bids?mine=true."},
	"bid_tied_to_poster":       {"由没有关联的单位牵头；关系有误的，请运营方更正。", "Have an organization without ties lead it; a link that is wrong is corrected by an operator."},
	"blacklist_entry_there":    {"修改已有的一条的期间或理由。", "Change days or reason of the entry that is there."},
	"winner_ineligible":        {"看 errors 中的理由，另选一份申请。", "Read the reason in errors and choose another bid."},
	"bids_closed":              {"等待开启与评审；截止后不再受理。", "Wait for the opening: nothing is taken after the deadline."},
	"nothing_upheld":           {"公示期满、异议均已答复后即可授予。", "Award it once the notice is over and objections are answered."},
	"objection_upheld":         {"由发榜方重新确认（propose），另行公示。", "Have the poster confirm anew; that has a notice of its own."},
	"notice_runs":              {"等公示期满，并先答复尚未答复的异议。", "Wait for the end of the notice, and answer the objections that are open."},
	"review_runs":              {"等评审结束；进度见评审组。", "Wait until the review is finished; the panel tells how far it is."},
	"none_passes":              {"办理流榜（unclaimed）；可修改后再次发榜。", "End it as unclaimed; it may be published again."},
	"some_pass":                {"由发榜方在入围的申请中确认。", "Have the poster confirm one of those that pass."},
	"deadline_too_soon":        {"把截止时间推后到 detail 所说的时刻之后。", "Move the deadline behind the moment that detail names."},
	"draw_not_committed":       {"使用事先公布摘要的那个密值。", "Use the secret whose digest was published."},
	"panel_whole":              {"无需补抽；有人回避或缺席后再办。", "Nothing is to be drawn; do it once somebody recuses."},
	"reviewer_tied":            {"另抽一位没有关系的专家。", "Draw an expert without ties."},
	"too_few_reviewers":        {"增加专家名册中该领域的专家，或放宽领域后再抽。", "Add experts of the field to the register, or widen the fields, and draw again."},
	"scores_missing":           {"请尚未提交的评审专家完成评分。", "Have the reviewers who have not scored do so."},
	"item_withdrawn":           {"评下一份；已退出的不再评分。", "Go on with the next; what was withdrawn is not scored."},
	"not_the_chair":            {"请评审组长记录；组长见评审组。", "Have the chair record it; the panel tells who that is."},
	"pledge_signed":            {"需要改变的，走指标调整（deviation）。", "To change it, propose a deviation."},
	"pledge_missing":           {"先拟定军令状，由双方签署。", "Draft the pledge first and have both sides sign."},
	"targets_unmet":            {"补充证据后重新核验，或按未通过办理。", "Bring evidence and have it checked again, or decide that it failed."},
	"only_project":             {"按项目验收或终止办理。", "Finish the project by acceptance or termination."},
	"grant_too_much":           {"减小金额；上限按发榜方已付金额与承诺计。", "Lower the amount; what the poster has paid and what was promised bound it."},
	"pays_too_much":            {"减小金额，或先调整约定。", "Lower the amount, or change what was agreed first."},
	"contract_missing":         {"先录入并提交合同，再记付款。", "Enter and file the contract first."},
	"too_many_uploads":         {"完成或取消一些上传，再开始新的。", "Complete or cancel some uploads first."},
	"too_many_files":           {"先删除不再需要的附件。", "Remove files that are not needed first."},
	"email_taken":              {"换一个邮箱；若是您自己的账号，请用它登录或重设密码。", "Use another address; if the account is yours, sign in to it or reset its password."},
	"mail_over":                {"请收件人重新申请。", "Have the receiver ask for another."},
}

// ofPlaces are those for codes of places.
var ofPlaces = map[string]Text{
	"required":        {"补上这一项。", "Give it."},
	"unknown":         {"删去这一项，或按接口描述改正名称。", "Remove it, or correct its name by the description."},
	"repeated":        {"只保留一个。", "Give it once."},
	"empty":           {"填写内容，或整项省略。", "Give a value, or leave it out."},
	"null":            {"整项省略。", "Leave it out."},
	"wrong_type":      {"改用 message 所说的类型。", "Use the type that message names."},
	"too_long":        {"缩短到 message 所说的长度。", "Shorten it to what message says."},
	"too_short":       {"补充到 message 所说的长度。", "Lengthen it to what message says."},
	"too_many":        {"减少项数。", "Give fewer."},
	"too_few":         {"增加项数。", "Give more."},
	"not_allowed":     {"改用 message 所列的值。", "Use one of the values in message."},
	"out_of_range":    {"改到 message 所说的范围之内。", "Keep to the range in message."},
	"pattern":         {"按接口描述中的格式填写。", "Write it in the form of the description."},
	"bad_format":      {"按 message 中的例子填写。", "Write it like the example in message."},
	"bad_characters":  {"重新键入，去掉不可见或不可用的字符。", "Type it anew, without characters that cannot be used."},
	"check_character": {"对照证照核对，多半有一位写错。", "Compare it with the paper; one character is probably wrong."},
	"immutable":       {"恢复原值；需要改变时另建一条。", "Put the old value back; make another record where it has to differ."},
	"one_of":          {"按 message 给出所列各项中的一项，只给一项。", "Give one of those that message names, and one alone."},
}

// placeRemedy is what helps with any other wrong place.
var placeRemedy = Text{"按 message 改正后重发。", "Mend it as message says and send it again."}

// Remedy is what a caller can do about a code of the catalogue.
func Remedy(code string) Text {
	if r, known := remedies[code]; known {
		return r
	}
	for _, d := range catalogue {
		if d.Code == code {
			return byKind[d.Kind]
		}
	}
	return placeRemedy
}

// PlaceRemedy is what a caller can do about a code of a place; a place may have the code of a problem (not_allowed) and mean something else.
func PlaceRemedy(code string) Text {
	if r, known := ofPlaces[code]; known {
		return r
	}
	return placeRemedy
}
