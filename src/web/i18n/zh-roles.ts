/** The console's words in Chinese for who decides in a district: a second person, a supervisor's acceptance first. */
export const zhRoles = {
  roles: {
    heading: '审核方式',
    lead: '普查批次、部件变更和新建移交由谁放行。改为更严的立即适用于尚未生效的；改为更宽的，此前已提交的仍须第二人审核。',
    none: '载入即生效',
    noneText: '普查批次载入后直接发布；变更申请可由本人审核。适合演示和只有一人的单位。',
    'second-person': '第二人审核',
    'second-personText': '提交、上传或载入的人不能审核自己的；由另一位有审核权限的人通过后才生效。',
    save: '保存审核方式',
    saved: '已保存审核方式',
    unaccepted: '本区规定先由监理验收，验收后才能审核发布。',
    toAcceptance: '查看验收',
  },
}

export type RolesMessages = typeof zhRoles
