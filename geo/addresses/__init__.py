"""Chinese addresses: taken apart (`parse`), and found among known places (`match`).

幸福路12号 阳光小区3号楼2单元, 槐树胡同5号, 张家庄村3组, 幸福路北17号杆, 县医院往东50米,
人民路与幸福路交叉口: a text becomes parts, the parts are looked up in a gazetteer held in memory,
and what they may mean comes back with a score. Nothing is guessed: two places that fit alike share
their score. Only places are read; floors and rooms are forgotten.
"""
