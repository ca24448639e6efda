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

// remedies are what helps with one code where its kind says too little; of codes and of places.
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
	"one_of":          {"只保留其中一项。", "Keep one of them."},
}

// placeRemedy is what helps with any other wrong place.
var placeRemedy = Text{"按 message 改正后重发。", "Mend it as message says and send it again."}

// Remedy is what a caller can do about a code of the catalogue, or about one of a place.
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
