// The page behind the links of mails: it reads the code behind the #, which no server has seen, and calls the operation that it is for.
"use strict";

const pages = {
  email: {
    title: "确认邮箱 Confirm your address",
    about: "确认后，这个邮箱就是您账号的邮箱。Once confirmed, it is your account's address.",
    button: "确认 Confirm", fields: [],
    done: "邮箱已确认。The address is confirmed.",
    run: (f) => call("POST", "/v1/email-verifications/confirm", { token: f.code }),
  },
  password: {
    title: "重设密码 Set a new password",
    about: "至少十个字符。您账号的所有登录将退出。At least ten characters. All sessions of your account will end.",
    button: "重设 Set", fields: ["password"], password: "新密码 New password", autocomplete: "new-password",
    done: "密码已重设，请用新密码登录。The password is set; sign in with it.",
    run: (f) => call("POST", "/v1/password-resets/confirm", { token: f.code, password: f.password }),
  },
  unsubscribe: {
    title: "退订消息邮件 Unsubscribe",
    about: "不再寄送站内消息的邮件；站内消息照常。No more mails of your messages; the inbox stays as it is.",
    button: "退订 Unsubscribe", fields: [],
    done: "已退订；可登录后随时再开。Done; sign in to turn them on again at any time.",
    run: (f) => call("POST", "/v1/inbox/mail/unsubscribe", undefined, undefined, { token: f.code }),
  },
  invitation: {
    title: "接受邀请 Accept an invitation",
    about: "登录后即加入单位。Sign in to join.",
    button: "同意加入 Join", fields: ["username", "password", "new"], password: "密码 Password", autocomplete: "current-password",
    done: "已加入。You are a member now.",
    run: async (f) => {
      if (f.new) await call("POST", "/v1/accounts", { username: f.username, password: f.password, name: f.name });
      const session = await call("POST", "/v1/sessions", { username: f.username, password: f.password });
      try {
        await call("POST", "/v1/received-invitations/accept", { token: f.code }, session.token);
      } finally {
        await call("DELETE", "/v1/sessions/current", undefined, session.token);
      }
    },
  },
};

async function call(method, path, body, token, query) {
  const headers = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = "Bearer " + token;
  const answer = await fetch(query ? path + "?" + new URLSearchParams(query) : path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: "omit" });
  const text = await answer.text();
  const value = text ? JSON.parse(text) : {};
  if (answer.ok) return value;
  const places = (value.errors || []).map((e) => e.message);
  throw new Error([value.title, value.title_en, value.detail, ...places].filter(Boolean).join("\n"));
}

const page = pages[location.pathname.split("/").pop()];
const form = document.forms[0];
const answer = document.getElementById("answer");
const about = document.getElementById("about");

document.title = document.querySelector("h1").textContent = page.title;
about.textContent = page.about;
form.querySelector("button").textContent = page.button;
form.elements.code.value = decodeURIComponent(location.hash.slice(1));
history.replaceState(null, "", location.pathname); // the code stays neither in the address bar nor in the history
for (const name of ["username", "password", "new", "name"]) {
  const used = page.fields.includes(name);
  form.querySelector("." + name).hidden = !used;
  form.elements[name].required = used && name !== "new";
}
if (page.password) {
  form.querySelector(".password span").textContent = page.password;
  form.elements.password.autocomplete = page.autocomplete;
}
form.elements.new.addEventListener("change", () => {
  form.querySelector(".name").hidden = !form.elements.new.checked;
  form.elements.name.required = form.elements.new.checked;
});
if (page === pages.invitation && form.elements.code.value) {
  call("POST", "/v1/received-invitations/look-up", { token: form.elements.code.value }).then(
    (i) => { about.textContent = `您受邀加入“${i.organization.name}”${i.admin ? "，担任管理员" : ""}。You (${i.email}) are invited to join ${i.organization.name}${i.admin ? " as an administrator" : ""}.`; },
    (e) => { answer.textContent = e.message; });
}
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  answer.textContent = "";
  try {
    await page.run({
      code: form.elements.code.value.trim(), username: form.elements.username.value.trim(), password: form.elements.password.value, new: form.elements.new.checked, name: form.elements.name.value.trim(),
    });
    form.hidden = true;
    answer.textContent = page.done;
  } catch (e) {
    answer.textContent = e.message;
  }
  button.disabled = false;
});
