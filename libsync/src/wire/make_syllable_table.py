#!/usr/bin/env python3
"""Made syllable_table_1.inc, the words of text codec 1. Kept so that anybody can see where the table
comes from; no build runs it, and table 1 never changes: another table is another number.

    make_syllable_table.py HUNSPELL_DIC TEXT... >syllable_table_1.inc

HUNSPELL_DIC: vi_VN.dic of Debian 12's hunspell-vi (which syllables there are). TEXT: UTF-8, a line a
paragraph or message, from which only counts are taken. Table 1 came from the translated strings of
libreoffice-l10n-vi and of the Vietnamese .mo catalogues of GLib, GTK, git, glibc, GnuTLS, GStreamer,
iso-codes, PackageKit, PAM, libapt, python-apt, xkeyboard-config, PostgreSQL and some small ones, and
from the paragraphs of libreoffice-help-vi and maint-guide-vi. Not from manpages-vi nor from the
catalogues of the programs that it describes: that is the text on which the table is measured.
Software's words are not a health station's, so the lists below come first.
"""
import collections
import re
import sys
import textwrap
import unicodedata

LEADS = 32  # first bytes of the two-byte codes
ONE_BYTE_OTHERS = 8 + 9 + 10  # controls, marks, digits: syllable_table.cc
TWO_BYTE_OTHERS = 80 + 400 + 100 + 678  # marks, numbers, years after a stroke, dates
PHRASES = 400  # pairs of syllables taken by count

# One byte each: function words, and the words of counselling and treatment.
ONE = """
và của có không là được đã ngày khi sau cho từ với trong người còn về đến các những một này để
nhiều nên đi con làm thì hơn cũng do phải rất tại vẫn đang bị lại theo vào ra trên cùng trước năm
tháng tuần giờ lần hai ba mới nếu nhưng vì mà như bằng thêm chưa sẽ đó đây ở nhà công việc gia
đình mỗi chỉ tự hay hoặc lên xuống qua ít quá đều đủ nữa số cả nay họ ai gì thấy nói biết muốn cần
khách_hàng tư_vấn điều_trị ma_túy sử_dụng tái_nghiện gia_đình khách hàng tư vấn điều dụng nghiện
tái thuốc dùng uống liều bệnh nhân khám hẹn gặp gọi vợ chồng mẹ bố anh em chị ông bà cháu bạn rượu
thèm cơn mệt đau ngủ ăn lo buồn khó tốt ổn định giảm tăng giúp động viên nhắc trạm y tế xã huyện
thôn tiền kỹ năng chối bỏ quên tác phụ đầu cân nặng kg nhẹ tâm tình bình thường sáng chiều tối mất
cảm điện xa học kết quả hợp lý đồng ý thay đổi tiếp tục thể hiện sống cách tin thời đối
""".split()
# Two bytes each: phrases of the same work. Words one after the other, _ for a space.
DOMAIN = """
khách_hàng gia_đình tư_vấn điều_trị ma_túy sử_dụng tái_nghiện cai_nghiện người_nghiện cơn_thèm
thèm_thuốc thèm_nhớ sức_khỏe sức_khoẻ tâm_thần tâm_lý tinh_thần thể_chất trạm_y_tế y_tế cán_bộ
cán_bộ_y_tế nhân_viên nhân_viên_y_tế công_an cộng_đồng xã_hội hỗ_trợ hỗ_trợ_xã_hội chuyển_gửi
chuyển_tuyến chuyển_tuyến_huyện bệnh_viện bệnh_viện_huyện bệnh_viện_tỉnh trung_tâm trung_tâm_y_tế
phòng_khám bác_sĩ bác_sỹ y_sĩ y_sỹ điều_dưỡng bệnh_nhân người_bệnh người_nhà bố_mẹ vợ_con vợ_chồng
ông_bà anh_em anh_trai chị_gái em_trai em_gái con_trai con_gái con_nhỏ hai_vợ_chồng họ_hàng
hàng_xóm bạn_bè bạn_gái bạn_trai bạn_cũ rủ_rê công_việc việc_làm thất_nghiệp đi_làm đi_làm_xa
làm_thuê làm_nương làm_ruộng làm_rẫy nghỉ_việc xin_việc tìm_việc thu_nhập kinh_tế khó_khăn
tiền_bạc nợ_nần vay_tiền vay_vốn học_nghề dạy_nghề đào_tạo_nghề giấy_tờ căn_cước thủ_tục
bảo_hiểm bảo_hiểm_y_tế thẻ_bảo_hiểm hộ_nghèo cận_nghèo trợ_cấp dân_tộc thường_trú tạm_trú
hôm_nay hôm_qua hôm_trước ngày_mai tuần_này tuần_sau tuần_trước tháng_này tháng_sau tháng_trước
năm_nay năm_ngoái năm_trước lần_này lần_sau lần_trước lần_đầu buổi_sáng buổi_chiều buổi_tối
buổi_trưa ban_đêm ban_ngày cuối_tuần hiện_nay hiện_tại gần_đây trước_đây trước_đó sau_đó
mỗi_ngày hàng_ngày hằng_ngày mỗi_tuần hàng_tuần hàng_tháng mỗi_lần nhiều_lần một_lần hai_lần
liên_tục thường_xuyên thỉnh_thoảng đôi_khi luôn_luôn
từ_ngày đến_ngày vào_ngày kể_từ cho_đến hẹn_gặp tái_khám hẹn_tái_khám hẹn_lại đến_khám đi_khám
theo_dõi nhắc_nhở gọi_điện điện_thoại số_điện_thoại liên_lạc liên_hệ không_liên_lạc_được
không_nghe_máy nghe_máy tắt_máy thăm_nhà đến_nhà tại_nhà tại_trạm tại_cộng_đồng
uống_thuốc dùng_thuốc cấp_thuốc nhận_thuốc quên_thuốc quên_uống_thuốc bỏ_thuốc hết_thuốc
tăng_liều giảm_liều liều_dùng quá_liều liều_duy_trì tuân_thủ tuân_thủ_điều_trị đúng_giờ đều_đặn
tác_dụng_phụ không_tác_dụng_phụ tác_dụng dị_ứng buồn_nôn chóng_mặt đau_đầu nhức_đầu mệt_mỏi
mất_ngủ khó_ngủ ngủ_được ngủ_ngon ngủ_kém ăn_ngon ăn_kém chán_ăn sụt_cân tăng_cân cân_nặng
huyết_áp nhịp_tim mạch nhiệt_độ khó_thở đau_ngực đau_bụng táo_bón tiêu_chảy ra_mồ_hôi vã_mồ_hôi
run_tay ớn_lạnh sốt_nhẹ ho_khan xét_nghiệm xét_nghiệm_nước_tiểu nước_tiểu xét_nghiệm_máu
dương_tính âm_tính kết_quả kết_quả_xét_nghiệm viêm_gan lao_phổi
trầm_cảm lo_âu lo_lắng căng_thẳng buồn_chán buồn_bã chán_nản tức_giận cáu_gắt bực_bội bồn_chồn
hoang_tưởng ảo_giác ảo_thanh tự_tử tự_sát ý_định ý_định_tự_tử tâm_trạng cảm_xúc cảm_thấy
bình_thường ổn_định tạm_ổn tiến_triển tiến_triển_tốt cải_thiện khá_hơn tốt_hơn xấu_đi nặng_hơn
hội_chứng_cai triệu_chứng triệu_chứng_cai cắt_cơn giải_độc phục_hồi hồi_phục tỉnh_táo hợp_tác
hợp_tác_tốt cởi_mở e_ngại xấu_hổ kỳ_thị mặc_cảm tự_tin quyết_tâm động_lực động_viên khuyến_khích
ủng_hộ quan_tâm thông_cảm chia_sẻ lắng_nghe trao_đổi thảo_luận thống_nhất cam_kết đồng_ý từ_chối
không_đồng_ý chưa_sẵn_sàng sẵn_sàng thay_đổi hành_vi thay_đổi_hành_vi nhận_thức suy_nghĩ
kế_hoạch mục_tiêu lập_kế_hoạch kỹ_năng kỹ_năng_từ_chối kỹ_năng_sống đối_phó phòng_ngừa
dự_phòng dự_phòng_tái_nghiện nguy_cơ tình_huống tình_huống_nguy_cơ yếu_tố lợi_ích tác_hại hậu_quả
giảm_hại bơm_kim_tiêm tiêm_chích dùng_chung bao_cao_su quan_hệ quan_hệ_tình_dục an_toàn
heroin ma_túy_đá thuốc_lắc thuốc_phiện cần_sa thuốc_lá thuốc_lào rượu_bia uống_rượu uống_bia
hút_thuốc bỏ_rượu cai_rượu cai_thuốc bỏ_thuốc_lá bỏ_hẳn nghiện_rượu say_rượu điếu lon_bia
dụng_cụ sử_dụng_lại không_sử_dụng chưa_sử_dụng còn_sử_dụng ngừng_sử_dụng dừng_sử_dụng
ok methadone buprenorphine naltrexone naloxone paracetamol diazepam amphetamine methamphetamine
ketamine cocaine mg ml kg cm km
tham_gia tham_dự sinh_hoạt sinh_hoạt_nhóm câu_lạc_bộ nhóm hoạt_động giới_thiệu đăng_ký tiếp_nhận
bắt_đầu kết_thúc hoàn_thành tiếp_tục tạm_dừng duy_trì bỏ_điều_trị bỏ_cuộc gián_đoạn chuyển_đi
bắt_giam đi_tù ra_tù trại_giam trung_tâm_cai_nghiện cơ_sở cơ_sở_cai_nghiện tự_nguyện bắt_buộc
hồ_sơ ghi_chú nội_dung hình_thức giai_đoạn đánh_giá nhận_xét kết_luận đề_nghị yêu_cầu đề_xuất
tình_trạng tình_hình hoàn_cảnh nguyên_nhân lý_do vấn_đề khó_khăn thuận_lợi hướng_dẫn giải_thích
bài_tập tập_thở thở_sâu thư_giãn tập_thể_dục thể_dục thể_thao tờ_rơi đám_cưới đám_giỗ đám_tang
lễ_tết ngày_tết ăn_nhậu nhậu_nhẹt liên_hoan tổ_dân_phố trưởng_thôn trưởng_bản công_an_xã
ủy_ban hội_phụ_nữ đoàn_thanh_niên hội_nông_dân thanh_niên phụ_nữ nông_dân làm_nông công_nhân
lái_xe thợ_xây buôn_bán nội_trợ học_sinh sinh_viên ly_hôn ly_thân độc_thân kết_hôn sống_chung
sống_một_mình sống_với sống_cùng một_mình nhà_trọ chỗ_ở không_có không_còn không_được không_bị
không_phải không_muốn không_biết không_thể chưa_có chưa_được đã_được đã_có có_thể cần_phải
được_không có_ý_định đã_tư_vấn cho_biết cho_rằng nói_rằng kể_lại than_phiền phàn_nàn
thôn_trưởng khu_phố tổ_trưởng thành_phố thị_xã thị_trấn xã_phường phường đường_phố ngõ ngách hẻm
số_nhà ấp khóm buôn bản sóc quốc_lộ tỉnh_lộ ngã_ba ngã_tư cạnh gần_chợ
họ_và_tên ngày_sinh năm_sinh giới_tính địa_chỉ nghề_nghiệp trình_độ học_vấn tuổi nam_giới nữ_giới
sinh_năm cháu_ngoại cháu_nội ông_nội ông_ngoại bà_nội bà_ngoại bố_vợ mẹ_vợ bố_chồng mẹ_chồng
chú_ruột bác_ruột cô_ruột dì_ruột con_riêng mang_thai có_thai sinh_con cho_con_bú
""".split()
FIXED = """
BN KH NB HIV AIDS ARV MMT OST STI HBV HCV PrEP BHYT BHXH CMND CCCD UBND HĐND CLB TTYT TYT BV BVĐK CSĐT
CSYT CBYT NVYT CTV GĐ SĐT ĐT TV XN HA HBsAg ATS ARS ALT AST ECG XQ CT MRI TB TP TX TT QĐ BYT BCA CA
CAX LĐTBXH LHPN ĐTN HCM VN TPHCM QL TL mmHg KTCB ĐKKD KCB SKTT ADN GPS SMS Zalo Facebook
Methadone Heroin Buprenorphine Suboxone Naloxone Paracetamol Diazepam Tramadol Amitriptylin Sertraline
Covid COVID OK Bs Ys Ths BS YS ĐD KTV DS Mr Ms
Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Đào Đoàn Lương Trịnh
Trương Mai Tô Lâm Hà Cao Tạ Vương Triệu Nông Hoàng_Văn Quách Lò Lường Cà Quàng Giàng Sùng Vàng Thào
Mùa Lầu Cứ Vừ Sa Bạc Cầm Điêu Hứa Lục Ma Chu Châu Thạch Sơn Kim Danh Chau Kpă Siu Rơ Ksor Rah Nay
Y A Păng Chảo Phàn Tẩn Lù Lùng Giàng_A Sùng_A Vàng_A Thào_A Giàng_Thị Lò_Văn Lò_Thị
Nguyễn_Văn Nguyễn_Thị Trần_Văn Trần_Thị Lê_Văn Lê_Thị Phạm_Văn Phạm_Thị Hoàng_Thị Bùi_Văn Bùi_Thị
Nguyễn_Đức Nguyễn_Thanh Nguyễn_Minh Nguyễn_Hữu Nguyễn_Quang Nguyễn_Ngọc Nguyễn_Xuân Văn Thị Hữu Đức
Minh Quang Thanh Ngọc Xuân Anh Tuấn Hùng Dũng Nam Hải Sơn Long Linh Lan Hương Hoa Hoà Hòa Thảo Trang
Thu Thủy Thuỷ Hằng Hạnh Hiền Hồng Phương Phúc Phong Quân Quốc Quý Quyết Tâm Tân Tiến Toàn Trung Trường Tú
Tùng Thắng Thành Thịnh Thọ Thái Thế Việt Vinh Vân Yến Bình Bảo Chí Chiến Công Cường Cúc Duy Giang
Hiếu Hiệp Huy Hưng Khánh Khoa Kiên Kiều Liên Loan Lợi Mạnh My Nga Nhung Nhật Oanh Phượng Sáng
Hà_Nội Hồ_Chí_Minh Hải_Phòng Đà_Nẵng Cần_Thơ Huế Bắc_Ninh Bắc_Giang Khánh_Hòa Khánh_Hoà Ninh_Thuận
Lai_Châu Điện_Biên Sơn_La Lạng_Sơn Quảng_Ninh Thanh_Hóa Thanh_Hoá Nghệ_An Hà_Tĩnh Cao_Bằng
Tuyên_Quang Hà_Giang Lào_Cai Yên_Bái Thái_Nguyên Bắc_Kạn Phú_Thọ Vĩnh_Phúc Hòa_Bình Hoà_Bình Hưng_Yên
Thái_Bình Hải_Dương Ninh_Bình Nam_Định Hà_Nam Quảng_Bình Quảng_Trị Quảng_Nam Quảng_Ngãi Kon_Tum Gia_Lai
Bình_Định Đắk_Lắk Phú_Yên Đắk_Nông Lâm_Đồng Bình_Thuận Đồng_Nai Bình_Phước Tây_Ninh Long_An Bình_Dương
Vũng_Tàu Bà_Rịa Đồng_Tháp Tiền_Giang Vĩnh_Long Bến_Tre Trà_Vinh An_Giang Kiên_Giang Cà_Mau Bạc_Liêu
Sóc_Trăng Hậu_Giang Nha_Trang Đà_Lạt Việt_Nam Kinh Tày Mường Khmer Nùng Mông Dao Thái Ê_Đê Ba_Na
Phật_giáo Công_giáo Tin_Lành Tết Trung_Quốc Lào Campuchia Hàn_Quốc Nhật_Bản Đài_Loan Malaysia
viêm_gan_B viêm_gan_C Viettel Vinaphone Mobifone
""".split()
# Two bytes each: everyday words of a commune that software hardly has.
EVERYDAY = """
tết vườn trâu bò lợn gà vịt chó mèo cá tôm cua lúa ngô khoai sắn chè cà phê cơm cháo bánh mì thịt
rau quả trái cây gạo mắm muối đường sữa nước bếp lửa củi than ruộng rẫy nương đồi núi sông suối
biển rừng đèo cầu phà thuyền ghe tàu xe đạp chợ quán hàng cửa tay chân mắt mũi miệng tai răng lưỡi
cổ vai lưng ngực bụng gan phổi tim thận máu da xương khớp dạ dày ruột gối háng hông não mặt tóc
sốt ho đờm khạc nôn ỉa chảy ngứa loét sưng viêm nhiễm trùng áp phù vàng tái xanh tím run co giật
hôn mê choáng ngất chóng mồ hôi toát thở khò khè hen suyễn lao đái tháo sỏi ung thư phẫu thuật mổ
sẹo vết bỏng gãy bong gân rách đứt khâu băng tiêm truyền viên gói lọ ống chai hộp liều sáng trưa
chiều tối đêm khuya sớm muộn mưa nắng gió bão lũ lụt lạnh nóng ấm mát đông hè thu xuân cưới giỗ
tang ma lễ hội đám tiệc nhậu say xỉn chửi đánh đập cãi nhau giận hờn ghen tuông bạo lực hành hung
trộm cắp cướp bắt phạt tù trại giam công út cả trưởng thứ dì cô chú bác cậu mợ thím dượng rể dâu
nội ngoại cụ cháu chắt vú nuôi côi góa bụa điếu xóm ấp buôn bản phum sóc tổ khóm ngõ ngách hẻm
kiệt thuê trọ mượn vay nợ lãi cầm đồ bán mua đắt rẻ lương thưởng gầy béo ốm khoẻ khỏe yếu mập sụt
lười chăm ngoan hư thật thà dối giấu nghi ngờ tin tưởng sợ hãi xấu hổ tủi nhục đơn trống rỗng chán
nản bồn chồn bứt rứt khóc cười ngủ mơ ác mộng mình thức trằn trọc vật vã lên cơn đói khát thèm
nhạt nhẽo
""".split()

ONSETS = (
    "ngh ch gh gi kh ng nh ph qu th tr b c d đ g h k l m n p r s t v x".split() + [""]
)
TONES = "\u0300\u0301\u0303\u0309\u0323"
ACUTE = "\u0301"
LETTERS = re.compile(r"[a-zà-ỹ]+$")


def shown(words):
    return [word.replace("_", " ") for word in words]


def counts(paths):
    """How often each syllable and each pair of syllables stands in the texts."""
    single, pairs = collections.Counter(), collections.Counter()
    for path in paths:
        for line in open(path, encoding="utf8"):
            for run in re.split(r"[^a-zà-ỹ ]|  +", unicodedata.normalize("NFC", line).lower()):
                words = run.split()
                single.update(words)
                pairs.update(zip(words, words[1:]))
    return single, pairs


def parts(syllable):
    """Onset, rime with its tone; longest onset first, as syllable_table.cc does."""
    onset = next(o for o in ONSETS if syllable.startswith(o) and len(o) < len(syllable))
    return onset, syllable[len(onset):]


def rime_with_acute(rime):
    """The rime under the acute, wherever its tone stands; none where it has no tone."""
    letters = [unicodedata.normalize("NFD", c) for c in rime]
    if not any(t in c for c in letters for t in TONES):
        return None
    bare = [(unicodedata.normalize("NFC", "".join(m for m in c if m not in TONES)),
             any(t in c for t in TONES)) for c in letters]
    return "".join(unicodedata.normalize("NFC", b + ACUTE) if toned else b for b, toned in bare)


def old_style(syllable):
    """hoà as hòa: both spellings are in use."""
    for new, old in (("o" + a, unicodedata.normalize("NFC", "o" + t) + v)
                     for t in TONES for v in "ae" for a in [unicodedata.normalize("NFC", v + t)]):
        if syllable.endswith(new):
            return syllable[: -len(new)] + old
    for t in TONES:
        y = unicodedata.normalize("NFC", "y" + t)
        if syllable.endswith("u" + y) and not syllable.startswith("qu"):
            return syllable[:-2] + unicodedata.normalize("NFC", "u" + t) + "y"
    return None


def main():
    dictionary = {
        unicodedata.normalize("NFC", line.strip()).lower() for line in open(sys.argv[1], encoding="utf8")
    }
    known = sorted(w for w in dictionary if LETTERS.match(w))
    known += sorted(o for o in map(old_style, known) if o)
    single, pairs = counts(sys.argv[2:])

    one = list(dict.fromkeys(shown(ONE)))
    assert len(one) == 256 - LEADS - ONE_BYTE_OTHERS, len(one)
    cost = lambda words: sum(1 if w in one else 2 for w in words)
    pays = lambda text: text not in one and (" " not in text or cost(text.split()) > 2)
    fixed = [f for f in dict.fromkeys(shown(FIXED))
             if not (f[0].isupper() and f[1:].islower() and f.lower() in one)]
    chosen = list(dict.fromkeys(t for t in shown(DOMAIN) + shown(EVERYDAY) if pays(t)))

    gains = sorted(
        ((n * (cost(words) - 2), " ".join(words)) for words, n in pairs.items()
         if all(w in dictionary for w in words)), key=lambda p: (-p[0], p[1]))
    phrases = [t for gain, t in gains if gain > 0 and t not in one and t not in chosen][:PHRASES]

    # What the texts never say is ranked by how common its onset and its rime are.
    onsets, rimes = collections.Counter(), collections.Counter()
    for word in known:
        onset, rime = parts(word)
        onsets[onset] += single[word] + 1
        rimes[rime] += single[word] + 1
    total = sum(onsets.values())
    rank = lambda w: -(single[w] + onsets[parts(w)[0]] * rimes[parts(w)[1]] / total)
    room = LEADS * 256 - TWO_BYTE_OTHERS - len(fixed) - len(chosen) - len(phrases)
    rest = [w for w in sorted(known, key=lambda w: (rank(w), w)) if w not in one and w not in chosen]
    two = chosen + phrases + rest[:room]

    acute = sorted({rime_with_acute(parts(word)[1]) for word in known} - {None})
    print("// The words of text codec 1, in the order of their codes; _ is a space. Made by")
    print("// make_syllable_table.py; never changed: its codes are inside sealed bytes.")
    for name, words in (("OneByteWords", one), ("FixedTexts", fixed), ("TwoByteWords", two),
                        ("Rimes", acute)):
        print(f'constexpr std::string_view k{name} = R"(')
        print("\n".join(textwrap.wrap(" ".join(w.replace(" ", "_") for w in words), 98,
                                      break_long_words=False, break_on_hyphens=False)))
        print(')";')
    print(f"one {len(one)}, fixed {len(fixed)}, chosen {len(chosen)}, phrases {len(phrases)}, "
          f"other syllables {len(rest[:room])} of {len(rest)}, rimes {len(acute)}", file=sys.stderr)


if __name__ == "__main__":
    main()
